import type { ClaimLock } from '../../config/claim-lock.ts';
import type { Database } from '../../db/store/connection.ts';
import { limitBases } from '../../experiments/resolve/extend.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { sortComparison } from '../../reports/comparison/sort-comparison.ts';
import { listBasesToRun } from '../../reports/verdicts/tabulate-verdicts.ts';

/** A claim that is launched, and the lock that it is held to; null: it needs none. */
export interface LaunchedClaim {
  readonly experiment: ResolvedExperiment;
  readonly lock: ClaimLock | null;
}

/** What a claim is launched with when nothing is stored of it: the bases of its first look. */
export function firstStage({ experiment, lock }: LaunchedClaim): ResolvedExperiment {
  const first = lock?.looks?.[0];
  return first === undefined ? experiment : limitBases(experiment, lock!.bases.slice(0, first));
}

/** What a claim is to be run with now: all of it, or the bases of the look that follows from what is stored. */
function nextStage(db: Database, { experiment, lock }: LaunchedClaim): ResolvedExperiment {
  if (lock?.looks === undefined) return experiment;
  const bases = listBasesToRun(sortComparison(loadComparison(db, experiment.id)));
  return bases === null ? experiment : limitBases(experiment, bases);
}

const countBases = ({ conditions }: ResolvedExperiment): number =>
  conditions.reduce((sum, { baseSeeds }) => sum + baseSeeds.length, 0);

/**
 * Runs claims to their next look, and those that go on from it to the one after, until none does. Where each stands follows from the
 * store alone, so that after an interruption the same call goes on there.
 *
 * @param run completes matrices and returns an exit code
 * @returns the largest exit code
 */
export async function runStages(
  db: Database,
  claims: readonly LaunchedClaim[],
  run: (experiments: readonly ResolvedExperiment[]) => Promise<number>,
): Promise<number> {
  let exitCode = 0;
  let going = claims.map((claim) => ({ claim, stage: nextStage(db, claim) }));
  while (going.length > 0) {
    exitCode = Math.max(exitCode, await run(going.map(({ stage }) => stage)));
    going = going.flatMap(({ claim, stage }) => {
      const next = nextStage(db, claim);
      return countBases(next) > countBases(stage) ? [{ claim, stage: next }] : [];
    });
  }
  return exitCode;
}
