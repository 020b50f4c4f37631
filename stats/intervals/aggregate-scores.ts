import { quantile } from '../quantile.ts';
import { refuseNaN, ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';

/** @throws ScoreShapeError when there are no values */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) throw new ScoreShapeError('a mean needs at least one value, found none');
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}

/**
 * Mean without the floor(cut · n) smallest and as many largest values, as scipy.stats.trim_mean.
 *
 * @throws ScoreShapeError when there are no values or one is NaN
 */
export function trimmedMean(values: ArrayLike<number>, cutEachSide: number): number {
  if (!(cutEachSide >= 0 && cutEachSide < 0.5)) {
    throw new RangeError(`the trimmed share of each side must be in [0, 0.5), found ${cutEachSide}`);
  }
  refuseNaN(values, 'values');
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(cutEachSide * sorted.length);
  return mean(sorted.subarray(cut, sorted.length - cut));
}

/** Interquartile mean: the mean of the middle half. Source: Agarwal et al. 2021 (rliable), section 4.3. */
export function interquartileMean(values: ArrayLike<number>): number {
  return trimmedMean(values, 0.25);
}

interface AggregateScores {
  readonly iqm: number;
  readonly mean: number;
  /** Median over tasks of the mean over runs. */
  readonly median: number;
  /** Mean shortfall from 1, scores above 1 counted as 1. */
  readonly optimalityGap: number;
}

/** rliable's aggregates of `scores[run][task]`. */
export function aggregateScores(scores: readonly (readonly number[])[]): AggregateScores {
  const { values, rows, columns } = toScoreMatrix(scores);
  const taskMeans = Array.from({ length: columns }, (_, task) => {
    let sum = 0;
    for (let run = 0; run < rows; run += 1) sum += values[run * columns + task]!;
    return sum / rows;
  });
  return {
    iqm: interquartileMean(values),
    mean: mean(values),
    median: quantile(taskMeans, 0.5),
    optimalityGap: 1 - mean(values.map((value) => Math.min(value, 1))),
  };
}

/**
 * Chance that a random run of x beats a random run of y on the same task, ties one half, averaged over tasks;
 * `x[run][task]`, `y[run][task]`. Source: Agarwal et al. 2021 (rliable).
 */
export function probabilityOfImprovement(
  x: readonly (readonly number[])[],
  y: readonly (readonly number[])[],
): number {
  const left = toScoreMatrix(x);
  const right = toScoreMatrix(y);
  if (left.columns !== right.columns) {
    throw new ScoreShapeError(
      `x has ${left.columns} tasks and y has ${right.columns}, expected the same tasks`,
    );
  }
  let wins = 0;
  for (const rowX of x) {
    for (const rowY of y) {
      rowX.forEach((score, task) => (wins += score > rowY[task]! ? 1 : score === rowY[task]! ? 0.5 : 0));
    }
  }
  return wins / (left.rows * right.rows * left.columns);
}
