import { mean } from './aggregate-scores.ts';
import type { Clusters, VarianceShare } from './cluster-error.ts';
import {
  criticalValue,
  crossedMean,
  hasNoSpread,
  problemShare,
  upperTailP,
  type CrossedMean,
} from './crossed-mean.ts';
import { toScoreMatrix } from '../score-shape-error.ts';

/**
 * `crossedMean`, and of a single run what its problems alone show: the error then says nothing of other runs.
 *
 * @throws ScoreShapeError as `crossedMean`
 */
export function meanWithError(
  scores: readonly (readonly number[])[],
  bases: readonly number[],
  clusters?: Clusters,
): CrossedMean {
  const found = crossedMean(scores, bases, clusters);
  if (found !== null) return found;
  const values = scores[0]!;
  const count = values.length;
  const problems = count < 2 ? null : problemShare(values, clusters);
  return {
    estimate: mean(values),
    standardError: Math.sqrt(problems?.variance ?? 0),
    runs: { variance: 0, degreesOfFreedom: 1 },
    problems,
    residualVariance: 0,
    withinBases: null,
    bases: 1,
    pairs: 1,
    problemCount: count,
  };
}

/** The same mean where what other runs of each arm would add is known from elsewhere: the variance of the difference of two runs. */
export function withRunNoise(found: CrossedMean, noise: VarianceShare | undefined): CrossedMean {
  if (noise === undefined || found.pairs > 1) return found;
  const standardError = Math.sqrt(noise.variance + (found.problems?.variance ?? 0));
  return { ...found, runs: noise, standardError };
}

/**
 * Mean of `first` − mean of `second` for the same runs on other problems, such as two splits: runs from the spread of their
 * own gaps, problems from both sides, each with the degrees of freedom of the smaller.
 *
 * @throws ScoreShapeError as `crossedMean`
 */
export function gapWithError(
  first: readonly (readonly number[])[],
  second: readonly (readonly number[])[],
  bases: readonly number[],
): CrossedMean {
  toScoreMatrix(second);
  const gaps = first.map((row, run) => [mean(row) - mean(second[run]!)]);
  const byRun = meanWithError(gaps, bases);
  const sides = [meanWithError(first, bases), meanWithError(second, bases)];
  const shares = sides.flatMap(({ problems }) => problems ?? []);
  const problems =
    shares.length === 0
      ? null
      : {
          variance: shares.reduce((sum, { variance }) => sum + variance, 0),
          degreesOfFreedom: Math.min(...shares.map(({ degreesOfFreedom }) => degreesOfFreedom)),
        };
  const standardError = Math.sqrt(byRun.runs.variance + (problems?.variance ?? 0));
  const problemCount = Math.min(...sides.map((side) => side.problemCount));
  return { ...byRun, standardError, problems, problemCount };
}

/** estimate ± t · standard error; without width where nothing varies. */
export function intervalOfMean(found: CrossedMean, level: number): { low: number; high: number } {
  const half = hasNoSpread(found) ? 0 : criticalValue(found, (1 - level) / 2) * found.standardError;
  return { low: found.estimate - half, high: found.estimate + half };
}

/** Cancelling scores leave sums of 1e-17 instead of 0. */
const ROUNDING = 1e-12;

/**
 * Two-sided p against a mean of 0: the level at which the interval would touch it. Where nothing varies 1 at 0, else the
 * smallest that flipping the signs of as many runs can give.
 */
export function pAgainstZero(found: CrossedMean): number {
  if (hasNoSpread(found))
    return Math.abs(found.estimate) < ROUNDING ? 1 : Math.min(1, 2 ** (1 - found.pairs));
  const above = upperTailP(found, 0);
  return 2 * Math.min(above, 1 - above);
}
