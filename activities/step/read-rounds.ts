import { listRollouts } from '../../db/queries/rollouts.ts';
import type { ArtifactRef } from '../../config/plan.ts';
import type { HeldRound } from './held-rollouts.ts';
import { roundOf } from '../dataset/dataset-rows.ts';
import { decodeRollouts } from './rollout-file.ts';
import type { RunContext } from '../run/run-context.ts';
import type { StoreDependencies } from '../store-dependencies.ts';

/**
 * The first sampling rounds of a step with their rows: from memory, or read again after a crash. An earlier execution may have
 * recorded more rounds than those; theirs are left out.
 */
export async function readRounds(
  { db, artifacts, held }: StoreDependencies,
  { plan }: RunContext,
  at: { readonly step: number; readonly rounds: readonly ArtifactRef[] },
): Promise<HeldRound[]> {
  const { runId } = plan;
  const { step, rounds } = at;
  const known = rounds.flatMap(({ sha256 }, round) => {
    const found = held.find({ runId, step, round });
    return found?.sha256 === sha256 ? [found] : [];
  });
  if (known.length === rounds.length) return known;
  const rows = listRollouts(db, { runId, phase: 'train', step });
  return Promise.all(
    rounds.map(async (ref, round) => ({
      sha256: ref.sha256,
      batch: decodeRollouts(await artifacts.read(ref)),
      rows: rows.filter(({ problemIndex }) => roundOf(plan, problemIndex) === round),
    })),
  );
}
