import type { ArtifactRef, CheckpointRef, RunInput } from '../config/plan.ts';
import { stages } from './activity-proxies.ts';
import type { RunControls } from './run-controls.ts';
import { trainWarm } from './warm-worker.ts';

/**
 * One RL step: sample → verify → judge where a part asks for it → shape, again while the scheme's gates want more groups, then
 * update → record. Each arrow's end is durable; returns the checkpoint the next step starts from, where it is warm, and whether there is
 * to be a next step.
 */
export async function trainStep(
  input: RunInput,
  from: {
    readonly epoch: number;
    readonly step: number;
    readonly checkpoint: CheckpointRef;
    /** What KL penalties are measured from. */
    readonly klReference: CheckpointRef;
    /** Who samples instead of the policy; null: the policy. */
    readonly teacher: CheckpointRef | null;
    /** A part of the scheme reads what a judge finds. */
    readonly needsJudge: boolean;
    /** Queue of the worker that holds the policy; null: none in particular. */
    readonly workerQueue: string | null;
  },
  controls: RunControls,
): Promise<{
  readonly checkpoint: CheckpointRef;
  readonly workerQueue: string | null;
  /** The run's budget is used up. */
  readonly isSpent: boolean;
}> {
  const { plan } = input;
  const { epoch, step, checkpoint } = from;
  const advisers = { reference: from.klReference, learner: checkpoint };
  const rounds: ArtifactRef[] = [];
  let { workerQueue } = from;
  let shaped;
  do {
    const round = rounds.length;
    controls.at('sample', step);
    const sampler = from.teacher ?? checkpoint;
    const sampled = await trainWarm(workerQueue, (train) =>
      train.sample({ plan, step, round, checkpoint: sampler, advisers }),
    );
    const { rollouts } = sampled;
    workerQueue = sampled.workerQueue;
    rounds.push(rollouts);
    controls.at('verify', step);
    await stages.verify({ plan, epoch, step, round, rollouts });
    if (from.needsJudge) {
      controls.at('judge', step);
      await stages.judge({ plan, epoch, step, round });
    }
    controls.at('shape', step);
    shaped = await stages.shape({ plan, epoch, step, rounds });
  } while (shaped.wantsAnotherRound);
  controls.at('update', step);
  const { batch } = shaped;
  const updated = await trainWarm(workerQueue, (train) =>
    train.update({ plan, step, checkpoint, shaped: batch }),
  );
  controls.at('record', step);
  // Histories older than budgets hold no answer.
  const recorded = await stages.record({ plan, epoch, step, updated, obsolete: [...rounds, batch] });
  const isSpent = recorded?.isSpent ?? false;
  return { checkpoint: updated.checkpoint, workerQueue: updated.workerQueue, isSpent };
}
