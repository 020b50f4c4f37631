import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../db/connection.ts';
import { listAwaitedBaseModels, listPositions } from '../db/progress.ts';
import {
  queryBaseModel,
  startMatrix,
  type MatrixHandle,
  type MatrixProgress,
} from '../experiments/matrix-workflow.ts';
import type { ResolvedExperiment } from '../experiments/resolve.ts';
import type { Session } from '../worker/session.ts';
import { createProgressView, pollIntervalMs, type BaseProgress } from './progress.ts';

/** A matrix under way, as one command follows it. */
export interface FollowedMatrix {
  readonly session: Session;
  readonly db: Database;
  readonly experiment: ResolvedExperiment;
  /** Most runs under way at once. */
  readonly window: number;
  readonly failFast: boolean;
}

async function listBaseProgress({
  session,
  db,
  experiment,
  window,
}: FollowedMatrix): Promise<BaseProgress[]> {
  const names = new Map(experiment.conditions.map(({ name, condition }) => [name, condition.base.name]));
  const awaited = listAwaitedBaseModels(db, { experimentId: experiment.id, limit: window });
  const progress = await Promise.all(
    awaited.map(async ({ baseModelId, conditionName, baseSeed }) => {
      const at = await queryBaseModel(session.client, { experimentId: experiment.id, baseModelId });
      return at === null ? [] : [{ name: `${names.get(conditionName)!} seed ${baseSeed}`, ...at }];
    }),
  );
  return progress.flat();
}

/** Someone cancelled the matrix while this command followed it. */
export class MatrixCancelledError extends Error {
  override readonly name = 'MatrixCancelledError';
}

/** How a matrix ended; one that was cancelled, by the update or by the server's own means, is an error. */
async function waitForEnd(handle: MatrixHandle): Promise<MatrixProgress> {
  const isCancellation = (error: unknown): boolean =>
    error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
  const progress = await handle.result().catch((error: unknown) => {
    if (isCancellation(error)) return null;
    throw error;
  });
  if (progress !== null && !progress.isCancelled) return progress;
  throw new MatrixCancelledError(
    'the matrix was cancelled; what is recorded stays, and `assay run` starts its runs again',
  );
}

/** Shows progress until the matrix ends; rejects when interrupted or when the workers cannot be kept running. */
async function follow(
  matrix: FollowedMatrix,
  handle: MatrixHandle,
  interrupted: Promise<never>,
): Promise<MatrixProgress> {
  const { session, db, experiment } = matrix;
  const view = createProgressView();
  const ended = new AbortController();
  const finished = waitForEnd(handle).finally(() => ended.abort());
  const showUntilEnd = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const runs = listPositions(db, experiment.id);
      view.show({ runs, bases: await listBaseProgress(matrix), pausedBecause: null });
      // The end cuts the pause short.
      await sleep(pollIntervalMs(runs.length), undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  try {
    const result = await Promise.race([
      Promise.all([finished, showUntilEnd()]).then(([progress]) => progress),
      interrupted,
      session.failure,
    ]);
    view.show({ runs: listPositions(db, experiment.id), bases: [], pausedBecause: null });
    return result;
  } finally {
    ended.abort();
    view.end();
  }
}

function countPending(db: Database, experimentId: string): number {
  return listPositions(db, experimentId).filter(({ status }) => status === 'pending').length;
}

/**
 * Starts the matrix, or attaches to the one under way, and follows it to its end; how many runs failed. The matrix under way that
 * this launch attached to may have planned its last page before the launch added runs: then it is started once more.
 */
export async function completeMatrix(matrix: FollowedMatrix, interrupted: Promise<never>): Promise<number> {
  const { session, db, experiment, window, failFast } = matrix;
  let failed = 0;
  let before: number;
  let pending = countPending(db, experiment.id);
  do {
    before = pending;
    const handle = await startMatrix(session.client, { experimentId: experiment.id, window, failFast });
    failed += (await follow(matrix, handle, interrupted)).failed;
    pending = countPending(db, experiment.id);
  } while (pending > 0 && pending < before && failed === 0);
  return failed;
}
