import {
  CancellationScope,
  ContinueAsNew,
  continueAsNew,
  executeChild,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { OpenedRun } from '../activities/run/open-run.ts';
import {
  isDevEvaluationDue,
  referenceStep,
  type CheckpointRef,
  type RunInput,
  type SplitEvaluation,
} from '../config/plan.ts';
import { names, stages, store, train } from './activity-proxies.ts';
import { describeFailure, isOutdated } from './describe-failure.ts';
import { evaluationWorkflow } from './evaluation.ts';
import { installRunControls, type RunControls } from './run-controls.ts';
import { collectStep, trainStep } from './train-step.ts';

/** A run as its workflow sees it: its input, and how the store last opened it. */
interface OpenRun {
  readonly input: RunInput;
  readonly opened: OpenedRun;
  readonly controls: RunControls;
}

/** A checkpoint with the training steps behind it. */
interface PolicyAt {
  readonly step: number;
  readonly checkpoint: CheckpointRef;
}

async function evaluate(
  { input, opened }: OpenRun,
  at: PolicyAt,
  evaluations: readonly SplitEvaluation[],
): Promise<void> {
  const { plan, runId } = input;
  await executeChild(evaluationWorkflow, {
    args: [{ plan, epoch: opened.epoch, ...at, evaluations }],
    workflowId: names().evaluationId(runId, at.step),
  });
}

/** The final evaluation, at the temperature that the condition gives or that dev decides; returns a temperature that was chosen. */
async function evaluateFinally(run: OpenRun, final: PolicyAt): Promise<number | null> {
  const { input, opened } = run;
  if (input.temperatureGrid === undefined) {
    await evaluate(run, final, input.finalEvaluations);
    return null;
  }
  await evaluate(run, final, input.temperatureGrid);
  const { plan } = input;
  const { temperature } = await store.chooseTemperature({ plan, epoch: opened.epoch, step: final.step });
  await evaluate(
    run,
    final,
    input.finalEvaluations.map((evaluation) => ({ ...evaluation, temperature })),
  );
  return temperature;
}

/** Probes of the final policy, one after the other: each may use a whole train worker. */
async function runProbes(
  { input, opened, controls }: OpenRun,
  at: PolicyAt,
  temperature: number | null,
): Promise<void> {
  const { plan } = input;
  const { step, checkpoint } = at;
  const { epoch, base } = opened;
  for (const probe of input.probes) {
    controls.at(`probe ${probe}`, step);
    const { scores } = await train().probe({ plan, step, probe, checkpoint, base, temperature });
    await store.recordProbe({ plan, epoch, step, probe, scores });
  }
}

/** The steps that are left, until the last one or the one that spends the run's budget; returns the final policy. */
async function trainSteps(run: OpenRun): Promise<PolicyAt> {
  const { input, opened, controls } = run;
  let { checkpoint, reference } = opened;
  const teacher = opened.teacher === undefined ? {} : { teacher: opened.teacher };
  let workerQueue: string | null = null;
  let isSpent = opened.isSpent ?? false;
  let step = opened.nextStep;
  for (; step < input.steps && !isSpent; step += 1) {
    await controls.untilResumed();
    if (referenceStep(step, opened.syncEvery) === step && step > 0) reference = checkpoint;
    const from = { ...opened, step, models: { policy: checkpoint, reference, ...teacher }, workerQueue };
    ({ checkpoint, workerQueue, isSpent } = await trainStep(input, from, controls));
    if (!isSpent && isDevEvaluationDue(step, input)) {
      controls.at('evaluate', step);
      await evaluate(run, { step: step + 1, checkpoint }, [input.devEvaluation]);
    }
    // The store knows the next step and its checkpoint, so a fresh history needs little more than the same input.
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof runWorkflow>({ ...input, startsPaused: controls.isPaused() });
    }
  }
  return { step, checkpoint };
}

/** The steps that are left of a run that samples for a dataset, and the dataset itself. */
async function collectAndClose({ input, opened, controls }: OpenRun): Promise<void> {
  const { runId, plan, steps } = input;
  const { epoch, checkpoint, reference } = opened;
  let workerQueue: string | null = null;
  for (let step = opened.nextStep; step < steps; step += 1) {
    await controls.untilResumed();
    const from = { epoch, step, models: { policy: checkpoint, reference }, workerQueue };
    workerQueue = await collectStep(input, from, controls);
    if (workflowInfo().continueAsNewSuggested)
      await continueAsNew<typeof runWorkflow>({ ...input, startsPaused: controls.isPaused() });
  }
  await controls.untilResumed();
  controls.at('collect', steps);
  await store.collect({ plan, epoch });
  await store.closeRun({ runId, plan, epoch, status: 'completed' });
}

async function trainAndEvaluate(run: OpenRun): Promise<void> {
  const { input, opened, controls } = run;
  if (opened.lacksPool) {
    controls.at('evaluate', 0);
    await evaluate(run, { step: 0, checkpoint: opened.start }, [input.poolEvaluation]);
  }
  if (opened.lacksDevEvaluation) {
    await evaluate(run, { step: opened.nextStep, checkpoint: opened.checkpoint }, [input.devEvaluation]);
  }
  const final = await trainSteps(run);
  await controls.untilResumed();
  controls.at('evaluate', final.step);
  const temperature = await evaluateFinally(run, final);
  await runProbes(run, final, temperature);
  const { runId, plan } = input;
  const { checkpoint } = final;
  await store.closeRun({ runId, plan, epoch: opened.epoch, status: 'completed', checkpoint });
}

/** Openings in a row that may find the run where the last one found it, before the fault counts as the run's own. */
const MAX_IDLE_OPENINGS = 3;

/**
 * Opens the run where the store says that it stands and works on from there; again whenever the store turns out to stand elsewhere.
 * `onOpened` hears of each opening.
 */
async function followStore(
  input: RunInput,
  controls: RunControls,
  onOpened: (opened: OpenedRun) => void,
): Promise<void> {
  const provenance = await train().describeWorker({});
  let idleOpenings = 0;
  for (let lastStep = -1; ;) {
    const opened = await stages.openRun({ plan: input.plan, provenance });
    onOpened(opened);
    idleOpenings = opened.nextStep > lastStep ? 0 : idleOpenings + 1;
    lastStep = opened.nextStep;
    try {
      const run = { input, opened, controls };
      return await (input.kind === 'collect' ? collectAndClose(run) : trainAndEvaluate(run));
    } catch (error) {
      if (isCancellation(error) || !isOutdated(describeFailure(error)) || idleOpenings >= MAX_IDLE_OPENINGS)
        throw error;
    }
  }
}

/** One run: all its steps, and dev evaluations on the way and the final evaluation, or its dataset. Starts from the last recorded step. */
export async function runWorkflow(input: RunInput): Promise<void> {
  const controls = installRunControls(input.steps, input.startsPaused ?? false);
  let epoch: number | null = null;
  try {
    await controls.withResources(() =>
      followStore(input, controls, (opened) => {
        epoch = opened.epoch;
      }),
    );
  } catch (error) {
    // Not an end: the next history goes on.
    if (error instanceof ContinueAsNew) throw error;
    const status = isCancellation(error) ? 'cancelled' : 'failed';
    const { runId, plan } = input;
    await CancellationScope.nonCancellable(() =>
      store.closeRun({ runId, plan, epoch, status, failure: describeFailure(error) }),
    );
    throw error;
  }
}
