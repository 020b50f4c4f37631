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
    readonly reference: CheckpointRef;
    /** Who samples instead of the policy; null: the policy. */
    readonly teacher: CheckpointRef | null;
  },
  controls: RunControls,
): Promise<CheckpointRef> {
  const { plan } = input;
  const { step, checkpoint, reference } = from;
  const rounds: ArtifactRef[] = [];
  let shaped;
  do {
    const round = rounds.length;
    controls.at('sample', step);
    const { rollouts } = await train.sample({ plan, step, round, checkpoint: from.teacher ?? checkpoint });
    rounds.push(rollouts);
    controls.at('verify', step);
    await store.verify({ plan, step, round, rollouts });
    controls.at('judge', step);
    await store.judge({ plan, step, round });
    controls.at('shape', step);
    shaped = await store.shape({ plan, step, rounds });
  } while (shaped.wantsAnotherRound);
  controls.at('update', step);
  const updated = await train.update({ plan, step, checkpoint, reference, shaped: shaped.batch });
  controls.at('record', step);
  await store.record({ plan, step, checkpoint, updated, obsolete: [...rounds, shaped.batch] });
  return updated.checkpoint;
}
