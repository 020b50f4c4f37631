import { CancelledFailure, isGrpcServiceError, ServiceError, WorkflowFailedError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStoreId, type Database } from '../db/store/connection.ts';
import { listAwaitedBaseModels, listPositions, type RunPosition } from '../db/queries/progress.ts';
import type { ResolvedExperiment } from '../experiments/resolve/resolve.ts';
import type { Session } from '../worker/session.ts';
import { estimateRest, updatePace, type Outlook, type Pace } from './estimate-rest.ts';
import { queryBaseModel, startMatrix, type MatrixHandle, type MatrixProgress } from './matrix-workflow.ts';
import { nameSilence } from './name-silence.ts';
import { toWorkState } from './work-left.ts';

/** A base model being made, as the matrix's workflows say. */
export interface BaseProgress {
  readonly baseModelId: string;
  readonly name: string;
  readonly step: number;
  readonly totalSteps: number;
}

/** What a matrix is doing at one moment. */
export interface MatrixState {
  readonly runs: readonly RunPosition[];
  readonly bases: readonly BaseProgress[];
  readonly outlook: Outlook;
  /** What the matrix waits for somebody to mend. */
  readonly pausedBecause: { readonly type: string; readonly message: string } | null;
}

/** Shows a matrix to whoever follows it. */
export interface MatrixView {
  show(state: MatrixState): void;
  /** How long a state of so many runs is good for. */
  intervalMs(runs: number): number;
  end(): void;
}

/** Who follows a matrix: how it is shown, and what makes its follower leave. */
export interface Follower {
  readonly openView: () => MatrixView;
  /** Rejects when the follower is to leave; the matrix stays resumable. */
  readonly interrupted: Promise<never>;
}

/** A matrix under way, as one command follows it. */
export interface FollowedMatrix {
  readonly session: Session;
  readonly db: Database;
  readonly experiment: ResolvedExperiment;
  /** Most runs under way at once. */
  readonly window: number;
  /** That compute it, as far as this command knows. */
  readonly trainWorkers: number;
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
      return at === null
        ? []
        : [{ baseModelId, name: `${names.get(conditionName)!} seed ${baseSeed}`, ...at }];
    }),
  );
  return progress.flat();
}

/** Someone cancelled the matrix while this command followed it. */
export class MatrixCancelledError extends Error {
  override readonly name = 'MatrixCancelledError';
}

/** Between two tries to reach a server that does not answer; its own client has tried for some seconds by then. */
const OUTAGE_PAUSE_MS = 2000;

/** An outage counts as over when it was not met again for so long. */
const OUTAGE_SHOWN_MS = 15_000;

const GRPC_UNAVAILABLE = 14;

/** The server cannot be reached, or cannot serve now, such as when its disk is full. */
function isOutage(error: unknown): error is ServiceError {
  return (
    error instanceof ServiceError && isGrpcServiceError(error.cause) && error.cause.code === GRPC_UNAVAILABLE
  );
}

/** What a matrix waits for somebody to mend. */
type Lack = NonNullable<MatrixProgress['lacking']>;

/** The matrix's result. An outage of the server is waited out, as the workers wait: once it is back, all goes on without another command. */
async function awaitResult(handle: MatrixHandle, tellOutage: (lack: Lack) => void): Promise<MatrixProgress> {
  for (;;) {
    try {
      return await handle.result();
    } catch (error) {
      if (!isOutage(error)) throw error;
      const { message } = error.cause as Error;
      tellOutage({ type: 'TemporalUnavailable', message: `${message}; tried again until it answers` });
      await sleep(OUTAGE_PAUSE_MS);
    }
  }
}

/** How a matrix ended; one that was cancelled, by the update or by the server's own means, is an error. */
async function waitForEnd(handle: MatrixHandle, tellOutage: (lack: Lack) => void): Promise<MatrixProgress> {
  const isCancellation = (error: unknown): boolean =>
    error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
  const progress = await awaitResult(handle, tellOutage).catch((error: unknown) => {
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

/** Longer than a matrix under way needs to answer. */
const ANSWER_MS = 10_000;

const SILENCE: Lack = {
  type: 'TemporalUnavailable',
  message: 'the Temporal server or the store worker does not answer; asked again until it does',
};

/** Tells what a matrix waits for, asking only when nothing has changed for a while. */
function createWaitWatch(handle: MatrixHandle): (runs: readonly RunPosition[]) => Promise<Lack | null> {
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
    const asked = handle.query<MatrixProgress>('progress').catch(() => null);
    // A server whose disk is full may keep a caller waiting instead of refusing.
    const progress = await Promise.race([asked, sleep(ANSWER_MS, null, { ref: false })]);
    return progress === null ? SILENCE : progress.lacking;
  };
}

/** Tells at every look how far the matrix is, from what it took so far. */
function createOutlookWatch({
  db,
  experiment,
  trainWorkers,
}: FollowedMatrix): (runs: readonly RunPosition[], bases: readonly BaseProgress[]) => Outlook {
  let pace: Pace | null = null;
  return (runs, bases) => {
    const awaited = listAwaitedBaseModels(db, { experimentId: experiment.id, limit: runs.length });
    const state = toWorkState(experiment, {
      runs,
      awaited: new Set(awaited.map(({ baseModelId }) => baseModelId)),
      fractions: bases.map(({ baseModelId, step, totalSteps }) => ({
        baseModelId,
        fraction: step / totalSteps,
      })),
      trainWorkers,
    });
    const atMs = Date.now();
    pace = updatePace(pace, state, atMs);
    return estimateRest(pace, state, { atMs, trainWorkers });
  };
}

/** Shows progress until the matrix ends; rejects when interrupted or when the workers cannot be kept running. */
async function follow(
  matrix: FollowedMatrix,
  handle: MatrixHandle,
  { openView, interrupted }: Follower,
): Promise<MatrixProgress> {
  const { session, db, experiment } = matrix;
  const view = openView();
  const findLacking = createWaitWatch(handle);
  const lookAhead = createOutlookWatch(matrix);
  const ended = new AbortController();
  let outage = { lack: null as Lack | null, atMs: 0 };
  const noteOutage = (lack: Lack): void => {
    outage = { lack, atMs: Date.now() };
  };
  const findOutage = (): Lack | null => (Date.now() - outage.atMs < OUTAGE_SHOWN_MS ? outage.lack : null);
  const finished = waitForEnd(handle, noteOutage).finally(() => ended.abort());
  const showUntilEnd = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const runs = listPositions(db, experiment.id);
      const bases = await listBaseProgress(matrix);
      const lack = findOutage() ?? (await findLacking(runs));
      const isSilent = lack?.type === SILENCE.type;
      const pausedBecause = isSilent ? nameSilence(lack, db.$client.name) : lack;
      view.show({ runs, bases, outlook: lookAhead(runs, bases), pausedBecause });
      // The end cuts the pause short.
      await sleep(view.intervalMs(runs.length), undefined, { signal: ended.signal }).catch(() => undefined);
    }
  };
  try {
    const result = await Promise.race([
      Promise.all([finished, showUntilEnd()]).then(([progress]) => progress),
      interrupted,
      session.failure,
    ]);
    const runs = listPositions(db, experiment.id);
    view.show({ runs, bases: [], outlook: lookAhead(runs, []), pausedBecause: null });
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
export async function completeMatrix(matrix: FollowedMatrix, follower: Follower): Promise<number> {
  const { session, db, experiment, window, failFast } = matrix;
  let failed = 0;
  let before: number;
  let pending = countPending(db, experiment.id);
  do {
    before = pending;
    const { isSearchable } = session;
    const key = { storeId: readStoreId(db), experimentId: experiment.id };
    const handle = await startMatrix(session.client, key, { window, failFast, isSearchable });
    failed += (await follow(matrix, handle, follower)).failed;
    pending = countPending(db, experiment.id);
  } while (pending > 0 && pending < before && failed === 0);
  return failed;
}
