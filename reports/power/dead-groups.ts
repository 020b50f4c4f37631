import { passAtK, passHatK, type SampleCounts } from '../../stats/pass-at-k/pass-at-k.ts';

/** Above this share of groups without a difference in reward, most of a run's rollouts teach nothing. */
const MOST_DEAD_GROUPS = 0.5;

/**
 * Expected share of groups that are all right or all wrong: the mean over problems of p^G + (1 − p)^G, each power estimated without
 * bias from c of n (the chance that G of the n samples are all right, or all wrong); c/n in the place of p would overstate it.
 * Null: a problem has fewer than G samples, or there is none.
 */
export function expectDeadGroups(problems: readonly SampleCounts[], groupSize: number): number | null {
  const shares = problems.flatMap((counts) => {
    const [allRight, someRight] = [passHatK(counts, groupSize), passAtK(counts, groupSize)];
    return allRight === null || someRight === null ? [] : [allRight + 1 - someRight];
  });
  if (shares.length === 0 || shares.length < problems.length) return null;
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** One line per base and group size of what is printed before anything is computed. */
export function describeDeadGroups(base: string, groupSize: number, share: number | null): string {
  const place = `base ${base}, groups of ${groupSize}:`;
  if (share === null)
    return `${place} share without a difference in reward unknown, no evaluation of the untrained base with ${groupSize} samples is stored here`;
  const warning =
    share > MOST_DEAD_GROUPS ? 'warning: most groups teach nothing under a reward for correctness, ' : '';
  return `${place} ${warning}${share.toFixed(2)} expected to be all right or all wrong before training`;
}
