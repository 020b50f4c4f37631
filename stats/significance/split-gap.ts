import type { Generator } from '../../random/generator.ts';
import { drawCounts, weightedMean } from '../intervals/hierarchical-bootstrap.ts';
import { percentileInterval, type IntervalEstimate } from '../quantile.ts';
import { drawBases, drawRowWeights, groupByBase, rowWeights } from '../intervals/run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';

export interface SplitGapInput {
  /** first[seed][problem] and second[seed][problem]: the same seeds, other problems. */
  readonly first: readonly (readonly number[])[];
  readonly second: readonly (readonly number[])[];
  /** Base seed of each row; absent, or all the same: one base. */
  readonly bases?: readonly number[];
  readonly resamples: number;
  readonly generator: Generator;
  readonly level: number;
}

/**
 * Mean of `first` − mean of `second` for the same runs on two splits: bases and seeds are drawn once for both, problems apart in each.
 * Fed with differences to a baseline it is the change of the gap (a difference of differences).
 *
 * @throws ScoreShapeError when the two have other seed counts, or are ragged, empty or not finite
 */
export function splitGap(input: SplitGapInput): IntervalEstimate {
  const { first, second, resamples, generator, level } = input;
  const left = toScoreMatrix(first);
  const right = toScoreMatrix(second);
  if (left.rows !== right.rows) {
    throw new ScoreShapeError(
      `the splits have ${left.rows} and ${right.rows} seeds, expected the same runs on both`,
    );
  }
  const seeds = left.rows;
  const groups = groupByBase(seeds, input.bases);
  const armLeft = { values: left.values, seeds, problems: left.columns };
  const armRight = { values: right.values, seeds, problems: right.columns };
  const gap = (drawnSeeds: Float64Array, drawnLeft: Int32Array, drawnRight: Int32Array): number =>
    weightedMean(armLeft, drawnSeeds, drawnLeft) - weightedMean(armRight, drawnSeeds, drawnRight);
  const once = (size: number): Int32Array => new Int32Array(size).fill(1);
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    const drawnSeeds = drawRowWeights(groups, drawBases(groups.length, generator), generator);
    const drawnLeft = drawCounts(left.columns, generator);
    replicates[r] = gap(drawnSeeds, drawnLeft, drawCounts(right.columns, generator));
  }
  const estimate = gap(rowWeights(groups), once(left.columns), once(right.columns));
  return { estimate, ...percentileInterval(replicates, level), level };
}
