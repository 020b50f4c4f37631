import {
  CancellationScope,
  continueAsNew,
  executeChild,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import {
  isDevEvaluationDue,
  referenceStep,
  taskQueues,
  workflowIds,
  type CheckpointRef,
  type EvaluationSlice,
  type RunInput,
} from '../spec/plan.ts';
import { store, train } from './activity-proxies.ts';
import { describeFailure } from './describe-failure.ts';
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

/** Probes of the final policy, one after the other: each may use a whole train worker. */
async function runProbes(
  input: RunInput,
  from: { readonly checkpoint: CheckpointRef; readonly reference: CheckpointRef },
  controls: RunControls,
): Promise<void> {
  const { plan, steps: step } = input;
  const { checkpoint, reference } = from;
  for (const probe of input.probes) {
    controls.at(`probe ${probe}`, step);
    const { scores } = await train.probe({ plan, step, probe, checkpoint, reference });
    await store.recordProbe({ plan, step, probe, scores });
  }
}

async function trainAndEvaluate(input: RunInput, controls: RunControls): Promise<void> {
  const provenance = await train.describeWorker({});
  const opened = await store.openRun({
    runId: input.runId,
    plan: input.plan,
    teacherId: input.teacher?.baseModelId ?? null,
    provenance,
  });
  let { checkpoint, klReference } = opened;
  let workerQueue: string | null = null;
  if (opened.lacksPool) {
    controls.at('evaluate', 0);
    await evaluate(input, { step: 0, checkpoint: opened.reference }, input.poolSlices);
  }
  if (opened.lacksDevEvaluation) {
    await evaluate(input, { step: opened.nextStep, checkpoint }, input.devSlices);
  }
  for (let step = opened.nextStep; step < input.steps; step += 1) {
    await controls.untilResumed();
    if (referenceStep(step, opened.syncEvery) === step && step > 0) klReference = checkpoint;
    const from = { ...opened, step, checkpoint, klReference, workerQueue };
    ({ checkpoint, workerQueue } = await trainStep(input, from, controls));
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
  await runProbes(input, { checkpoint, reference: opened.reference }, controls);
  await store.closeRun({ runId: input.runId, plan: input.plan, status: 'completed', checkpoint });
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
