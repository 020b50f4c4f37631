import type { ArtifactRef, CheckpointRef, RunInput } from '../spec/plan.ts';
import { store, train } from './activity-proxies.ts';
import type { RunControls } from './run-controls.ts';

/**
 * One RL step: sample → verify → judge → shape, again while the scheme's gates want more groups, then update → record.
 * Each arrow's end is durable; returns the checkpoint the next step starts from.
 */
export async function trainStep(
  input: RunInput,
  from: {
    readonly step: number;
    readonly checkpoint: CheckpointRef;
    /** What KL penalties are measured from. */
    readonly klReference: CheckpointRef;
    /** Who samples instead of the policy; null: the policy. */
    readonly teacher: CheckpointRef | null;
  },
  controls: RunControls,
): Promise<CheckpointRef> {
  const { plan } = input;
  const { step, checkpoint } = from;
  const advisers = { reference: from.klReference, learner: checkpoint };
  const rounds: ArtifactRef[] = [];
  let shaped;
  do {
    const round = rounds.length;
    controls.at('sample', step);
    const sampler = from.teacher ?? checkpoint;
    const { rollouts } = await train.sample({ plan, step, round, checkpoint: sampler, advisers });
    rounds.push(rollouts);
    controls.at('verify', step);
    await store.verify({ plan, step, round, rollouts });
    controls.at('judge', step);
    await store.judge({ plan, step, round });
    controls.at('shape', step);
    shaped = await store.shape({ plan, step, rounds });
  } while (shaped.wantsAnotherRound);
  controls.at('update', step);
  const updated = await train.update({ plan, step, checkpoint, shaped: shaped.batch });
  controls.at('record', step);
  await store.record({ plan, step, updated, obsolete: [...rounds, shaped.batch] });
  return updated.checkpoint;
}
