import {
  ApplicationFailure,
  CancellationScope,
  continueAsNew,
  executeChild,
  isCancellation,
  rootCause,
  workflowInfo,
} from '@temporalio/workflow';
import {
  isDevEvaluationDue,
  taskQueues,
  workflowIds,
  type CheckpointRef,
  type EvaluationSlice,
  type RunInput,
} from '../spec/plan.ts';
import { store, train } from './activity-proxies.ts';
import { evaluationWorkflow } from './evaluation.ts';
import { installRunControls, type RunControls } from './run-controls.ts';
import { trainStep } from './train-step.ts';

async function evaluate(
  input: RunInput,
  at: { readonly step: number; readonly checkpoint: CheckpointRef },
  slices: readonly EvaluationSlice[],
): Promise<void> {
  await executeChild(evaluationWorkflow, {
    args: [{ plan: input.plan, step: at.step, checkpoint: at.checkpoint, slices }],
    workflowId: workflowIds.evaluation(input.runId, at.step),
    taskQueue: taskQueues.orchestration,
  });
}

async function trainAndEvaluate(input: RunInput, controls: RunControls): Promise<void> {
  const provenance = await train.describeWorker({});
  const opened = await store.openRun({ runId: input.runId, plan: input.plan, provenance });
  let { checkpoint } = opened;
  if (opened.lacksDevEvaluation) {
    await evaluate(input, { step: opened.nextStep, checkpoint }, input.devSlices);
  }
  for (let step = opened.nextStep; step < input.steps; step += 1) {
    await controls.untilResumed();
    checkpoint = await trainStep(input, { step, checkpoint, reference: opened.reference }, controls);
    if (isDevEvaluationDue(step, input)) {
      controls.at('evaluate', step);
      await evaluate(input, { step: step + 1, checkpoint }, input.devSlices);
    }
    // The store knows the next step and its checkpoint, so a fresh history needs little more than the same input.
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof runWorkflow>({ ...input, startsPaused: controls.isPaused() });
    }
  }
  await controls.untilResumed();
  controls.at('evaluate', input.steps);
  await evaluate(input, { step: input.steps, checkpoint }, input.finalSlices);
  await store.closeRun({ runId: input.runId, plan: input.plan, status: 'completed', checkpoint });
}

function describeFailure(error: unknown): { type: string; message: string } {
  const cause = error instanceof Error ? (rootCause(error) ?? error.message) : String(error);
  let current: unknown = error;
  let type = 'Error';
  while (current instanceof Error) {
    if (current instanceof ApplicationFailure && current.type) type = current.type;
    current = current.cause;
  }
  return { type, message: cause };
}

/** One run: all its steps, dev evaluations on the way, the final evaluation. Starts from the last recorded step. */
export async function runWorkflow(input: RunInput): Promise<void> {
  const controls = installRunControls(input.steps, input.startsPaused ?? false);
  try {
    await trainAndEvaluate(input, controls);
  } catch (error) {
    const status = isCancellation(error) ? 'cancelled' : 'failed';
    await CancellationScope.nonCancellable(() =>
      store.closeRun({ runId: input.runId, plan: input.plan, status, failure: describeFailure(error) }),
    );
    throw error;
  }
}
