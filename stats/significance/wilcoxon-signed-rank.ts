import library from 'jstat';
import { averageRanks } from '../ranks.ts';
import { refuseNaN } from '../score-shape-error.ts';
import type { Alternative } from './sign-flip-test.ts';

export interface WilcoxonInput {
  readonly differences: readonly number[];
  readonly alternative: Alternative;
  /** exact: only without ties and zeros. normal: tie-corrected approximation. */
  readonly method: 'exact' | 'normal';
  /** wilcox drops zero differences; pratt ranks them, then drops their ranks. */
  readonly zeros?: 'wilcox' | 'pratt';
  readonly continuityCorrection?: boolean;
}

export interface WilcoxonTest {
  /** min(W+, W−) when two-sided, else W+. */
  readonly statistic: number;
  readonly p: number;
  readonly z: number | null;
}

/**
 * Wilcoxon's signed-rank test of paired differences, with scipy's conventions. Sources: Wilcoxon 1945; Pratt 1959.
 *
 * @throws ScoreShapeError when a difference is NaN
 * @throws RangeError when the exact method meets ties or zeros, or when every difference is zero
 */
export function wilcoxonSignedRank({
  differences,
  alternative,
  method,
  zeros = 'wilcox',
  continuityCorrection = false,
}: WilcoxonInput): WilcoxonTest {
  refuseNaN(differences, 'differences');
  const kept = zeros === 'wilcox' ? differences.filter((d) => d !== 0) : [...differences];
  const zeroCount = kept.filter((d) => d === 0).length;
  if (kept.length === zeroCount)
    throw new RangeError('Wilcoxon needs a difference other than zero, found none');
  const { ranks, blocks } = averageRanks(kept.map(Math.abs));
  const sumRanks = (sign: number): number =>
    kept.reduce((sum, d, i) => sum + (d * sign > 0 ? ranks[i]! : 0), 0);
  const plus = sumRanks(1);
  const statistic = alternative === 'two-sided' ? Math.min(plus, sumRanks(-1)) : plus;
  if (method === 'exact') {
    if (kept.length !== differences.length || zeroCount > 0 || blocks.some((size) => size > 1)) {
      throw new RangeError(
        'the exact Wilcoxon test needs differences without ties and zeros; use the normal method',
      );
    }
    return { statistic, p: exactP(plus, kept.length, alternative), z: null };
  }
  const n = kept.length;
  const centre = (n * (n + 1) - zeroCount * (zeroCount + 1)) / 4;
  const tied = (zeroCount > 0 ? blocks.slice(1) : blocks).reduce((sum, size) => sum + size ** 3 - size, 0);
  const variance =
    (n * (n + 1) * (2 * n + 1) - zeroCount * (zeroCount + 1) * (2 * zeroCount + 1) - tied / 2) / 24;
  const direction =
    alternative === 'two-sided' ? Math.sign(plus - centre) : alternative === 'greater' ? 1 : -1;
  const shift = continuityCorrection ? direction / 2 : 0;
  const z = (plus - centre - shift) / Math.sqrt(variance);
  if (alternative === 'two-sided') {
    return { statistic, p: Math.min(1, 2 * lowerTail(-Math.abs(z))), z: -Math.abs(z) };
  }
  return { statistic, p: lowerTail(alternative === 'greater' ? -z : z), z };
}

function lowerTail(z: number): number {
  return library.jStat.normal.cdf(z, 0, 1);
}

/** Exact tail of W+ over all 2^n sign patterns of the ranks 1..n. */
function exactP(plus: number, n: number, alternative: Alternative): number {
  const largest = (n * (n + 1)) / 2;
  let chances = new Float64Array(largest + 1);
  chances[0] = 1;
  for (let rank = 1; rank <= n; rank += 1) {
    const next = new Float64Array(largest + 1);
    for (let w = 0; w <= largest; w += 1) {
      next[w] = (chances[w]! + (w >= rank ? chances[w - rank]! : 0)) / 2;
    }
    chances = next;
  }
  const upper = chances.subarray(plus).reduce((sum, chance) => sum + chance, 0);
  const lower = chances.subarray(0, plus + 1).reduce((sum, chance) => sum + chance, 0);
  if (alternative === 'greater') return upper;
  if (alternative === 'less') return lower;
  return Math.min(1, 2 * Math.min(upper, lower));
}
