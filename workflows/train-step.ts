import type { ArtifactRef, CheckpointRef, RunInput } from '../config/plan.ts';
import { stages, store } from './activity-proxies.ts';
import type { StepModels } from '../activities/step/record-signals.ts';
import type { RunControls } from './run-controls.ts';
import { trainWarm } from './warm-worker.ts';

/** Where a step starts. */
export interface StepStart {
  readonly epoch: number;
  readonly step: number;
  readonly models: StepModels;
  /** Queue of the worker that holds the policy; null: none in particular. */
  readonly workerQueue: string | null;
}

/** Rollouts of a sampling round, and the files on the way to them. */
interface Round {
  readonly rollouts: ArtifactRef;
  readonly obsolete: readonly ArtifactRef[];
  readonly workerQueue: string | null;
}

/** Lets the policy sample. */
async function sampleRound(input: RunInput, from: StepStart, round: number): Promise<Round> {
  const { step, models } = from;
  const sampled = await trainWarm(from.workerQueue, (train) =>
    train.sample({ plan: input.plan, step, round, models }),
  );
  const { rollouts, workerQueue } = sampled;
  return { rollouts, workerQueue, obsolete: [rollouts] };
}

/** Takes rollouts of the run's dataset, and lets models score them where a part asks for it. */
async function replayRound(
  { plan }: RunInput,
  from: StepStart & { readonly needsMeasuring: boolean },
): Promise<Round> {
  const { step, models, workerQueue } = from;
  const replayed = await stages.replay({ plan, step });
  if (!from.needsMeasuring) return { rollouts: replayed, obsolete: [replayed], workerQueue };
  const measured = await trainWarm(workerQueue, (train) =>
    train.measure({ plan, step, rollouts: replayed, models }),
  );
  return { ...measured, obsolete: [replayed, measured.rollouts] };
}

/**
 * One training step: sample (of a dataset: replay → measure) → verify → judge and ask where a part wants it → shape, again while the
 * scheme's gates want more groups, then update → record. Each arrow's end is durable; returns the checkpoint the next step starts
 * from, where it is warm, and whether there is to be a next step.
 */
export async function trainStep(
  input: RunInput,
  from: StepStart & {
    /** A part of the scheme reads what a judge finds. */
    readonly needsJudge: boolean;
    /** A reward of the scheme is asked. */
    readonly asks?: boolean;
    readonly needsMeasuring: boolean;
  },
  controls: RunControls,
): Promise<{
  readonly checkpoint: CheckpointRef;
  readonly workerQueue: string | null;
  /** The run's budget is used up. */
  readonly isSpent: boolean;
}> {
  const { plan } = input;
  const { epoch, step } = from;
  const rounds: ArtifactRef[] = [];
  const obsolete: ArtifactRef[] = [];
  let { workerQueue } = from;
  let shaped;
  do {
    const round = rounds.length;
    controls.at('sample', step);
    const start = { ...from, workerQueue };
    const sampled = await (input.kind === 'fit'
      ? replayRound(input, start)
      : sampleRound(input, start, round));
    const { rollouts } = sampled;
    workerQueue = sampled.workerQueue;
    rounds.push(rollouts);
    obsolete.push(...sampled.obsolete);
    controls.at('verify', step);
    await stages.verify({ plan, epoch, step, round, rollouts });
    if (from.needsJudge) {
      controls.at('judge', step);
      await stages.judge({ plan, epoch, step, round });
    }
    if (from.asks === true) {
      controls.at('ask', step);
      await store.ask({ plan, epoch, step, rounds });
    }
    controls.at('shape', step);
    shaped = await stages.shape({ plan, epoch, step, rounds });
  } while (shaped.wantsAnotherRound);
  controls.at('update', step);
  const { batch } = shaped;
  const updated = await trainWarm(workerQueue, (train) =>
    train.update({ plan, step, checkpoint: from.models.policy, shaped: batch }),
  );
  controls.at('record', step);
  // Histories older than budgets hold no answer.
  const recorded = await stages.record({ plan, epoch, step, updated, obsolete: [...obsolete, batch] });
  const isSpent = recorded?.isSpent ?? false;
  return { checkpoint: updated.checkpoint, workerQueue: updated.workerQueue, isSpent };
}

/** One step of a run that samples for a dataset: sample → verify → record. Returns where the policy is warm. */
export async function collectStep(
  { plan }: RunInput,
  from: StepStart,
  controls: RunControls,
): Promise<string | null> {
  const { epoch, step, models } = from;
  controls.at('sample', step);
  const { rollouts, workerQueue, computedBy } = await trainWarm(from.workerQueue, (train) =>
    train.sample({ plan, step, round: 0, models }),
  );
  controls.at('verify', step);
  await stages.verify({ plan, epoch, step, round: 0, rollouts });
  controls.at('record', step);
  await stages.recordCollected({ plan, epoch, step, rollouts, computedBy: computedBy! });
  return workerQueue;
}
