import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  ParentClosePolicy,
  sleep,
  startChild,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { PlannedPage, PlanMatrixInput } from '../activities/run/plan-matrix.ts';
import type { BaseModelInput, RunInput } from '../config/plan.ts';
import { toSearchAttributes } from '../config/search-attributes.ts';
import { names, store } from './activity-proxies.ts';
import { baseModelWorkflow } from './base-model.ts';
import { describeFailure, isResourceFault } from './describe-failure.ts';
import {
  installMatrixHandlers,
  MatrixState,
  pauseForResource,
  tellPaused,
  type MatrixProgress,
} from './matrix-state.ts';
import { runWorkflow } from './run.ts';

export interface MatrixInput {
  readonly experimentId: string;
  /** Most runs under way at once. */
  readonly window: number;
  /** Start no further run once one has failed. */
  readonly failFast: boolean;
  readonly startsPaused: boolean;
  /** The server knows the search attributes; absent: it does not. */
  readonly isSearchable?: boolean;
  /** What earlier histories of this matrix counted; absent in the first. */
  readonly before?: { readonly completed: number; readonly failed: number };
}

/** Each planned run is about 2 KB, so a page stays far below the 2 MB that a payload may have. */
const PAGE = 20;

/** Waits for a child, which hears of pauses meanwhile. */
async function followChild(
  state: MatrixState,
  child: ChildWorkflowHandle<typeof baseModelWorkflow | typeof runWorkflow>,
): Promise<void> {
  state.children.add(child);
  try {
    // The pause that came while the child was being started did not reach it.
    if (state.isPaused) await tellPaused(child, true);
    await child.result();
  } finally {
    state.children.delete(child);
  }
}

/** What a child can be looked for by; nothing on a server that does not know the attributes. */
function searchedBy(
  { isSearchable, experimentId }: MatrixState,
  of: { readonly condition?: string; readonly run?: string },
) {
  if (!isSearchable) return {};
  const values = { store: names().storeId, experiment: experimentId, ...of };
  return { typedSearchAttributes: toSearchAttributes(values) };
}

async function makeBaseModel(state: MatrixState, base: BaseModelInput): Promise<void> {
  const child = await startChild(baseModelWorkflow, {
    ...searchedBy(state, {}),
    args: [base],
    workflowId: names().baseModelId(base.baseModelId, state.experimentId),
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  });
  await followChild(state, child);
}

function ensureBaseModel(state: MatrixState, base: BaseModelInput): Promise<void> {
  const existing = state.bases.get(base.baseModelId);
  if (existing !== undefined) return existing;
  const made = makeBaseModel(state, base);
  state.bases.set(base.baseModelId, made);
  return made;
}

/** Makes the base model of a run; when it cannot be made, the run's row says so. */
async function ensureBaseOf(state: MatrixState, run: RunInput): Promise<void> {
  try {
    await ensureBaseModel(state, run.base);
  } catch (error) {
    if (!isCancellation(error)) {
      const failure = describeFailure(error);
      await store.closeRun({ runId: run.runId, plan: run.plan, epoch: null, status: 'failed', failure });
    }
    throw error;
  }
}

/** How often, a second apart, a run is tried whose workflow of an earlier matrix is still about to end. */
const START_TRIALS = 60;

async function startRun(state: MatrixState, run: RunInput): Promise<ChildWorkflowHandle<typeof runWorkflow>> {
  for (let trial = 1; ; trial += 1) {
    try {
      return await startChild(runWorkflow, {
        ...searchedBy(state, { condition: run.conditionId, run: run.runId }),
        args: [run],
        workflowId: names().runId(run.runId),
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: run.runId,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) || trial === START_TRIALS) throw error;
      await sleep('1 second');
    }
  }
}

/** Never rejects: a failed run is counted, a cancelled one is left to the cancellation of the matrix itself. */
async function executeRun(state: MatrixState, run: RunInput): Promise<void> {
  try {
    await ensureBaseOf(state, run);
    await condition(() => !state.isPaused);
    await followChild(state, await startRun(state, run));
    state.completed += 1;
    state.trials = 0;
  } catch (error) {
    if (!isCancellation(error)) state.failed += 1;
  } finally {
    state.running.delete(run.runId);
    state.ended += 1;
  }
}

/** The next page of unfinished runs; waits while what it takes to plan them is wanting. */
async function planPage(state: MatrixState, page: PlanMatrixInput): Promise<PlannedPage> {
  for (;;) {
    try {
      return await store.planMatrix(page);
    } catch (error) {
      const failure = describeFailure(error);
      if (isCancellation(error) || !isResourceFault(failure)) throw error;
      await pauseForResource(state, failure);
    }
  }
}

/** What a pass over the unfinished runs did. */
interface Pass {
  readonly started: number;
  /** Runs that wait for the end of another one. */
  readonly waiting: number;
}

/** One pass over the unfinished runs, page by page, as the window allows. */
async function startRuns(state: MatrixState, input: MatrixInput): Promise<Pass> {
  let after: string | null = null;
  let started = 0;
  let waiting = 0;
  do {
    const page = await planPage(state, { experimentId: input.experimentId, after, limit: PAGE });
    state.failed += page.orphaned.length;
    waiting += page.waiting ?? 0;
    for (const run of page.runs.filter(({ runId }) => !state.attempted.has(runId))) {
      await condition(() => !state.isPaused && state.running.size < input.window);
      if (mustEnd(state, input)) return { started, waiting };
      state.attempted.add(run.runId);
      state.running.set(run.runId, executeRun(state, run));
      started += 1;
    }
    after = page.after;
  } while (after !== null);
  return { started, waiting };
}

/**
 * Passes until nothing is left: a run that waits for another one's outcome can start in the pass that follows that run's end, whatever
 * else is still under way, and so can those that an extension added meanwhile.
 */
async function startAllRuns(state: MatrixState, input: MatrixInput): Promise<void> {
  let goesOn: boolean;
  do {
    const { extensions, ended } = state;
    const { started, waiting } = await startRuns(state, input);
    const hasNews = (): boolean => state.extensions > extensions || (waiting > 0 && state.ended > ended);
    await condition(() => state.running.size === 0 || (hasNews() && !mustEnd(state, input)));
    goesOn = started > 0 || hasNews();
  } while (goesOn && !mustEnd(state, input));
}

/** Runs under way mark their rows themselves; the matrix ends after them and marks those it never started. */
async function finishCancelled(state: MatrixState, experimentId: string): Promise<void> {
  await Promise.all(state.running.values());
  await Promise.allSettled(state.bases.values());
  await store.cancelPending({ experimentId });
}

/** No more runs may start in this history. */
function mustEnd(state: MatrixState, input: MatrixInput): boolean {
  return mustStop(state, input) || workflowInfo().continueAsNewSuggested;
}

function mustStop(state: MatrixState, input: MatrixInput): boolean {
  return state.isCancelled || (input.failFast && state.failed > 0);
}

/**
 * The whole matrix: a sliding window over its unfinished runs. A failed run does not fail the others; the result says how
 * many failed, and whether the matrix was cancelled by its update. Everything about progress is in the store, so a later
 * launch continues where this one ended.
 */
export async function matrixWorkflow(input: MatrixInput): Promise<MatrixProgress> {
  const { completed, failed } = input.before ?? { completed: 0, failed: 0 };
  const { experimentId, startsPaused: isPaused, isSearchable = false } = input;
  const state = new MatrixState({ experimentId, isSearchable, isPaused, completed, failed });
  installMatrixHandlers(state);
  try {
    await state.work.run(() => startAllRuns(state, input));
  } catch (error) {
    if (!isCancellation(error)) {
      // Those under way end as they would have; what could not be planned is the fault of this matrix alone.
      await Promise.all(state.running.values());
      throw error;
    }
    await CancellationScope.nonCancellable(() => finishCancelled(state, input.experimentId));
    // Cancelled by the server's own means rather than by the update: the workflow ends as cancelled.
    if (!state.isCancelled) throw error;
  }
  state.hasEnded = true;
  await condition(allHandlersFinished);
  if (workflowInfo().continueAsNewSuggested && !mustStop(state, input)) {
    const before = { completed: state.completed, failed: state.failed };
    await continueAsNew<typeof matrixWorkflow>({
      ...input,
      startsPaused: state.isPaused && state.lacking === null,
      before,
    });
  }
  return state.progress();
}
