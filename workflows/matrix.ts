import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineUpdate,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { taskQueues, workflowIds, type BaseModelInput, type RunInput } from '../spec/plan.ts';
import { store } from './activity-proxies.ts';
import { baseModelWorkflow } from './base-model.ts';
import { setPausedSignal } from './run-controls.ts';
import { runWorkflow } from './run.ts';

export interface MatrixInput {
  readonly experimentId: string;
  /** Most runs under way at once. */
  readonly window: number;
  /** Start no further run once one has failed. */
  readonly failFast: boolean;
  readonly startsPaused: boolean;
}

export interface MatrixProgress {
  readonly running: readonly string[];
  readonly completed: number;
  readonly failed: readonly string[];
  readonly isPaused: boolean;
}

export const setMatrixPausedUpdate = defineUpdate<MatrixProgress, [boolean]>('setPaused');
export const matrixProgressQuery = defineQuery<MatrixProgress>('progress');

const PAGE = 50;

class MatrixState {
  readonly running = new Map<string, Promise<void>>();
  readonly bases = new Map<string, Promise<void>>();
  readonly failed: string[] = [];
  completed = 0;
  isPaused: boolean;

  constructor(startsPaused: boolean) {
    this.isPaused = startsPaused;
  }

  progress(): MatrixProgress {
    return {
      running: [...this.running.keys()],
      completed: this.completed,
      failed: this.failed,
      isPaused: this.isPaused,
    };
  }
}

async function setPaused(state: MatrixState, paused: boolean): Promise<MatrixProgress> {
  state.isPaused = paused;
  for (const runId of state.running.keys()) {
    // A run that ends at this moment has nothing left to pause.
    await getExternalWorkflowHandle(workflowIds.run(runId))
      .signal(setPausedSignal, paused)
      .catch(() => undefined);
  }
  return state.progress();
}

function ensureBaseModel(state: MatrixState, base: BaseModelInput): Promise<void> {
  const existing = state.bases.get(base.baseModelId);
  if (existing !== undefined) return existing;
  const made = executeChild(baseModelWorkflow, {
    args: [base],
    workflowId: `${workflowIds.baseModel(base.baseModelId)}/${workflowInfo().workflowId}`,
    taskQueue: taskQueues.orchestration,
  });
  state.bases.set(base.baseModelId, made);
  return made;
}

/** Never rejects: a failed run is counted, a cancelled one is left to the cancellation of the matrix itself. */
async function executeRun(state: MatrixState, run: RunInput): Promise<void> {
  try {
    await ensureBaseModel(state, run.base);
    await executeChild(runWorkflow, {
      args: [run],
      workflowId: workflowIds.run(run.runId),
      taskQueue: taskQueues.orchestration,
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      staticSummary: run.runId,
    });
    state.completed += 1;
  } catch (error) {
    if (!isCancellation(error)) state.failed.push(run.runId);
  } finally {
    state.running.delete(run.runId);
  }
}

/** Starts unfinished runs, page by page, as the window allows; returns early when no more may start in this history. */
async function startRuns(state: MatrixState, input: MatrixInput): Promise<void> {
  let after: string | null = null;
  let runs: readonly RunInput[];
  do {
    runs = await store.planMatrix({ experimentId: input.experimentId, after, limit: PAGE });
    for (const run of runs) {
      await condition(() => !state.isPaused && state.running.size < input.window);
      if (mustStop(state, input) || workflowInfo().continueAsNewSuggested) return;
      state.running.set(run.runId, executeRun(state, run));
    }
    after = runs.at(-1)?.runId ?? null;
  } while (runs.length === PAGE);
}

/** Runs under way mark their rows themselves; the matrix ends after them and marks those it never started. */
async function finishCancelled(state: MatrixState, input: MatrixInput, error: unknown): Promise<void> {
  await Promise.all(state.running.values());
  if (isCancellation(error)) await store.cancelPending({ experimentId: input.experimentId });
}

function mustStop(state: MatrixState, input: MatrixInput): boolean {
  return input.failFast && state.failed.length > 0;
}

/**
 * The whole matrix: a sliding window over its unfinished runs. A failed run does not fail the others; the result says
 * which failed. Everything about progress is in the store, so a later launch continues where this one ended.
 */
export async function matrixWorkflow(input: MatrixInput): Promise<MatrixProgress> {
  const state = new MatrixState(input.startsPaused);
  setHandler(matrixProgressQuery, () => state.progress());
  setHandler(setMatrixPausedUpdate, (paused) => setPaused(state, paused), {
    validator: (paused) => {
      if (paused === state.isPaused)
        throw new Error(paused ? 'the matrix is paused already' : 'the matrix is not paused');
    },
  });
  try {
    await startRuns(state, input);
    await Promise.all(state.running.values());
  } catch (error) {
    await CancellationScope.nonCancellable(() => finishCancelled(state, input, error));
    throw error;
  }
  await condition(allHandlersFinished);
  if (workflowInfo().continueAsNewSuggested && !mustStop(state, input)) {
    await continueAsNew<typeof matrixWorkflow>({ ...input, startsPaused: state.isPaused });
  }
  return state.progress();
}
