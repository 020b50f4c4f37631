import {
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { taskQueues, workflowIds } from '../spec/plan.ts';
import type { matrixWorkflow, MatrixProgress } from '../workflows/matrix.ts';

/** A matrix as its own workflow, found by content: launching twice attaches. */
export type MatrixHandle = WorkflowHandle<typeof matrixWorkflow>;

/** Starts the matrix, or attaches to the one under way. */
export function startMatrix(
  client: Client,
  input: { readonly experimentId: string; readonly window: number; readonly failFast: boolean },
): Promise<MatrixHandle> {
  return client.workflow.start<typeof matrixWorkflow>('matrixWorkflow', {
    workflowId: workflowIds.matrix(input.experimentId),
    taskQueue: taskQueues.orchestration,
    args: [{ ...input, startsPaused: false }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
  });
}

export function attachMatrix(client: Client, experimentId: string): MatrixHandle {
  return client.workflow.getHandle<typeof matrixWorkflow>(workflowIds.matrix(experimentId));
}

/** No worker answered in time, so the matrix could not be told anything. */
export class NoWorkerError extends Error {
  override readonly name = 'NoWorkerError';
}

const ANSWER_TIMEOUT_MS = 20_000;

/**
 * Lets running steps finish and starts none, or goes on; the runs stay where they are.
 *
 * @throws {NoWorkerError} when no worker of this matrix is running
 */
export async function setMatrixPaused(
  client: Client,
  handle: MatrixHandle,
  paused: boolean,
): Promise<MatrixProgress> {
  try {
    return await client.withDeadline(Date.now() + ANSWER_TIMEOUT_MS, () =>
      handle.executeUpdate<MatrixProgress, [boolean]>('setPaused', { args: [paused] }),
    );
  } catch (error) {
    if (!(error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)) throw error;
    throw new NoWorkerError(
      'no worker answered within 20 s; a matrix is paused while `assay run` works on it',
    );
  }
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
  ids: { readonly experimentId: string; readonly baseModelId: string },
): Promise<{ readonly step: number; readonly totalSteps: number } | null> {
  const workflowId = `${workflowIds.baseModel(ids.baseModelId)}/${workflowIds.matrix(ids.experimentId)}`;
  try {
    return await client.workflow.getHandle(workflowId).query('progress');
  } catch {
    // Not started, or the worker that answers queries is being restarted: nothing to show at this moment.
    return null;
  }
}
