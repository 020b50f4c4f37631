import { refuseNaN, ScoreShapeError } from './score-shape-error.ts';

/**
 * Quantile with linear interpolation between order statistics (numpy's default, Hyndman–Fan type 7).
 *
 * @throws ScoreShapeError when there are no values or one is NaN
 */
export function quantile(values: ArrayLike<number>, probability: number): number {
  refuseNaN(values, 'values');
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

/** As `quantile`, for values already in ascending order. */
function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  if (sorted.length === 0) throw new ScoreShapeError('a quantile needs at least one value, found none');
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`a quantile's probability must be in [0, 1], found ${probability}`);
  }
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** An estimate with its two-sided interval at confidence `level` (0–1). */
export interface IntervalEstimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
}

/**
 * Percentile interval of bootstrap replicates; sorts `replicates` in place.
 *
 * @throws ScoreShapeError when there are no replicates or one is NaN
 */
export function percentileInterval(replicates: Float64Array, level: number): { low: number; high: number } {
  if (!(level > 0 && level < 1)) throw new RangeError(`a confidence level must be in (0, 1), found ${level}`);
  refuseNaN(replicates, 'replicates');
  replicates.sort();
  const tail = (1 - level) / 2;
  return { low: quantileOfSorted(replicates, tail), high: quantileOfSorted(replicates, 1 - tail) };
}
