import {
  ApplicationFailure,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
  type Client,
  type WorkflowHandle,
  type WorkflowUpdateHandle,
} from '@temporalio/client';
import { temporalNames } from '../config/plan.ts';
import { toSearchAttributes } from '../config/search-attributes.ts';
import type { MatrixProgress } from '../workflows/matrix-state.ts';
import type { matrixWorkflow } from '../workflows/matrix.ts';

export type { MatrixProgress };

/** A matrix as its own workflow, found by content: launching twice attaches. */
export type MatrixHandle = WorkflowHandle<typeof matrixWorkflow>;

/** An experiment of a store: on a server that several stores use, only both together name a matrix. */
export interface MatrixKey {
  readonly storeId: string;
  readonly experimentId: string;
}

/** Starts the matrix, or attaches to the one under way. */
export function startMatrix(
  client: Client,
  { storeId, experimentId }: MatrixKey,
  launch: { readonly window: number; readonly failFast: boolean; readonly isSearchable: boolean },
): Promise<MatrixHandle> {
  const names = temporalNames(storeId);
  return client.workflow.start<typeof matrixWorkflow>('matrixWorkflow', {
    workflowId: names.matrixId(experimentId),
    taskQueue: names.storeQueue,
    args: [{ ...launch, experimentId, startsPaused: false }],
    ...(launch.isSearchable
      ? { typedSearchAttributes: toSearchAttributes({ store: storeId, experiment: experimentId }) }
      : {}),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  });
}

export function attachMatrix(client: Client, { storeId, experimentId }: MatrixKey): MatrixHandle {
  return client.workflow.getHandle<typeof matrixWorkflow>(temporalNames(storeId).matrixId(experimentId));
}

/** No worker answered in time, so the matrix could not be told anything. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
}

/** There is no open workflow for the experiment: it has finished, or was never launched on this server. */
export class MatrixNotOpenError extends Error {
  override readonly name = 'MatrixNotOpenError';
}

/** How long a worker may take to look at an update. */
const ANSWER_TIMEOUT_MS = 30_000;

const waitForStage = WorkflowUpdateStage.ACCEPTED;

/** The matrix ended between the command's look at it and the update. */
function hasEndedMeanwhile(error: unknown): boolean {
  if (error instanceof WorkflowNotFoundError) return true;
  if (!(error instanceof WorkflowUpdateFailedError)) return false;
  const { cause } = error;
  return (
    cause instanceof ApplicationFailure &&
    (cause.type === 'AcceptedUpdateCompletedWorkflow' || cause.message === 'the matrix has just ended')
  );
}

/** A matrix that updates are sent to. */
export interface OpenMatrix {
  readonly client: Client;
  readonly handle: MatrixHandle;
  /** How long a worker may take to look at an update; 30 s when left out. */
  readonly answerWithinMs?: number;
}

async function updateMatrix(
  { client, answerWithinMs = ANSWER_TIMEOUT_MS }: OpenMatrix,
  startUpdate: () => Promise<WorkflowUpdateHandle<MatrixProgress>>,
): Promise<MatrixProgress> {
  try {
    // Accepting needs a worker and a moment; finishing what runs may take longer and has no deadline.
    const update = await client.withDeadline(Date.now() + answerWithinMs, startUpdate);
    return await update.result();
  } catch (error) {
    if (hasEndedMeanwhile(error))
      throw new MatrixNotOpenError(
        'the matrix is not under way; launch it with `assay run` or `assay resume`',
      );
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    throw new NoWorkerError(
      `no worker answered within ${answerWithinMs / 1000} s; a matrix is told anything while \`assay run\` or \`assay resume\` works on it`,
    );
  }
}

/**
 * Lets running steps finish and starts none, or goes on; the runs stay where they are.
 *
 * @throws {NoWorkerError} when no worker of this matrix is running
 * @throws {MatrixNotOpenError} when it has ended
 */
export function setMatrixPaused(matrix: OpenMatrix, paused: boolean): Promise<MatrixProgress> {
  return updateMatrix(matrix, () =>
    matrix.handle.startUpdate<MatrixProgress, [boolean]>('setPaused', { args: [paused], waitForStage }),
  );
}

/**
 * Abandons what runs and starts nothing more; resolves when every run has ended and every row is marked.
 *
 * @throws {NoWorkerError} when no worker of this matrix is running
 * @throws {MatrixNotOpenError} when it has ended
 */
export function cancelMatrix(matrix: OpenMatrix): Promise<MatrixProgress> {
  return updateMatrix(matrix, () =>
    matrix.handle.startUpdate<MatrixProgress, []>('cancel', { waitForStage }),
  );
}

/**
 * Tells a matrix under way that the store holds more runs than when it began.
 *
 * @throws {NoWorkerError} when no worker of this matrix is running
 * @throws {MatrixNotOpenError} when it has ended
 */
export function extendMatrix(matrix: OpenMatrix): Promise<MatrixProgress> {
  return updateMatrix(matrix, () =>
    matrix.handle.startUpdate<MatrixProgress, []>('extend', { waitForStage }),
  );
}

/** Whether a workflow for this matrix is open on the server. */
export async function isMatrixOpen(handle: MatrixHandle): Promise<boolean> {
  try {
    return (await handle.describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** How far a base model of this matrix is, or null when it is not being made. */
export async function queryBaseModel(
  client: Client,
  { storeId, experimentId, baseModelId }: MatrixKey & { readonly baseModelId: string },
): Promise<{ readonly step: number; readonly totalSteps: number } | null> {
  const workflowId = temporalNames(storeId).baseModelId(baseModelId, experimentId);
  try {
    return await client.workflow.getHandle(workflowId).query('progress');
  } catch {
    // Not started, or the worker that answers queries is being restarted: nothing to show at this moment.
    return null;
  }
}
