import { passAtK, type SampleCounts } from './pass-at-k.ts';

/** Chances of one problem at k samples an arm, of the 2k samples drawn from those recorded. */
export interface Turnover {
  /** The first arm solves it not once in k, the second does. */
  readonly gained: number;
  /** The first arm solves it, the second does not. */
  readonly lost: number;
  /** Either of these, were the samples of both arms draws from one policy: two disjoint k of all samples pooled. */
  readonly chance: number;
}

/**
 * How a problem changes between solved and unsolved at k, beside what chance alone would change: with s(k) = pass@k,
 * gained = (1 − s_before)·s_after, lost = s_before·(1 − s_after), chance = C(N−C, k)/C(N, k) − C(N−C, 2k)/C(N, 2k) of the
 * pooled N samples with C correct (the first k without success, all 2k not). At k = n it is the mean over all ways to deal
 * the samples to the arms, so that without a difference gained − chance and lost − chance are 0 on average.
 *
 * @returns null where k exceeds the samples of an arm
 * @throws RangeError as `passAtK`
 */
export function turnoverAt(before: SampleCounts, after: SampleCounts, k: number): Turnover | null {
  const solvedBefore = passAtK(before, k);
  const solvedAfter = passAtK(after, k);
  if (solvedBefore === null || solvedAfter === null) return null;
  const pooled = { n: before.n + after.n, c: before.c + after.c };
  return {
    gained: (1 - solvedBefore) * solvedAfter,
    lost: solvedBefore * (1 - solvedAfter),
    chance: passAtK(pooled, 2 * k)! - passAtK(pooled, k)!,
  };
}
