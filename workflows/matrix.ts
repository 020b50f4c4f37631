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
import type { PlannedPage } from '../activities/plan-matrix.ts';
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
    await Promise.all([
      ensureBaseModel(state, run.base),
      run.teacher === null ? undefined : ensureBaseModel(state, run.teacher),
    ]);
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

/** One pass over the unfinished runs, page by page, as the window allows; how many it started. */
async function startRuns(state: MatrixState, input: MatrixInput): Promise<number> {
  let after: string | null = null;
  let started = 0;
  do {
    const page: PlannedPage = await store.planMatrix({
      experimentId: input.experimentId,
      after,
      limit: PAGE,
    });
    state.failed.push(...page.orphaned);
    for (const run of page.runs) {
      await condition(() => !state.isPaused && state.running.size < input.window);
      if (mustEnd(state, input)) return started;
      state.running.set(run.runId, executeRun(state, run));
      started += 1;
    }
    after = page.after;
  } while (after !== null);
  return started;
}

/** Runs that wait for another run's outcome can start in a later pass, once that one is recorded. */
async function startAllRuns(state: MatrixState, input: MatrixInput): Promise<void> {
  let started;
  do {
    started = await startRuns(state, input);
    await Promise.all(state.running.values());
  } while (started > 0 && !mustEnd(state, input));
}

/** Runs under way mark their rows themselves; the matrix ends after them and marks those it never started. */
async function finishCancelled(state: MatrixState, input: MatrixInput, error: unknown): Promise<void> {
  await Promise.all(state.running.values());
  if (isCancellation(error)) await store.cancelPending({ experimentId: input.experimentId });
}

/** No more runs may start in this history. */
function mustEnd(state: MatrixState, input: MatrixInput): boolean {
  return mustStop(state, input) || workflowInfo().continueAsNewSuggested;
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
    await startAllRuns(state, input);
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
