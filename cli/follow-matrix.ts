import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStoreId, type Database } from '../db/connection.ts';
import { listAwaitedBaseModels, listPositions, type RunPosition } from '../db/progress.ts';
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
      const key = { storeId: readStoreId(db), experimentId: experiment.id };
      const at = await queryBaseModel(session.client, { ...key, baseModelId });
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

/** A matrix that did nothing for so long is asked whether it waits for something; asking costs its worker a task. */
const IDLE_MS = 5000;

/** Tells what a matrix waits for, asking only when nothing has changed for a while. */
function createWaitWatch(
  handle: MatrixHandle,
): (runs: readonly RunPosition[]) => Promise<MatrixProgress['lacking']> {
  let seen = '';
  let changedAt = Date.now();
  return async (runs) => {
    const now = JSON.stringify(
      runs.map(({ status, doneSteps, evaluated }) => [status, doneSteps, evaluated]),
    );
    if (now !== seen) {
      seen = now;
      changedAt = Date.now();
    }
    if (Date.now() - changedAt < IDLE_MS) return null;
    const progress = await handle.query<MatrixProgress>('progress').catch(() => null);
    return progress?.lacking ?? null;
  };
}

/** Shows progress until the matrix ends; rejects when interrupted or when the workers cannot be kept running. */
async function follow(
  matrix: FollowedMatrix,
  handle: MatrixHandle,
  interrupted: Promise<never>,
): Promise<MatrixProgress> {
  const { session, db, experiment } = matrix;
  const view = createProgressView();
  const findLacking = createWaitWatch(handle);
  const ended = new AbortController();
  const finished = waitForEnd(handle).finally(() => ended.abort());
  const showUntilEnd = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const runs = listPositions(db, experiment.id);
      const bases = await listBaseProgress(matrix);
      view.show({ runs, bases, pausedBecause: await findLacking(runs) });
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
    const { isSearchable } = session;
    const key = { storeId: readStoreId(db), experimentId: experiment.id };
    const handle = await startMatrix(session.client, key, { window, failFast, isSearchable });
    failed += (await follow(matrix, handle, interrupted)).failed;
    pending = countPending(db, experiment.id);
  } while (pending > 0 && pending < before && failed === 0);
  return failed;
}
