import { percentileInterval } from '../quantile.ts';
import { meanReplicates, weightedMean, type BootstrapInput } from './hierarchical-bootstrap.ts';
import { groupByBase, rowWeights } from './run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';

/** A ratio of two means over the same runs and problems. */
export interface RatioEstimate {
  /** Null where the denominator is 0. */
  readonly estimate: number | null;
  /** Null with the estimate, or where the end is not finite: too many replicates have a denominator of 0. */
  readonly low: number | null;
  readonly high: number | null;
  readonly bases: number;
  readonly seeds: number;
  readonly problems: number;
}

function toMatrix(scores: readonly (readonly number[])[]) {
  const { values, rows: seeds, columns: problems } = toScoreMatrix(scores);
  return { values, seeds, problems };
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/**
 * Sum of the numerators over sum of the denominators, every base counting the same, with the percentile interval of the ratios of
 * jointly drawn replicates (base models, seeds, problems, as `hierarchicalBootstrap`). Source: Davison and Hinkley 1997, section 2.4.
 *
 * @param of.numerators [run][problem] @param of.denominators [run][problem], none negative
 * @throws ScoreShapeError when they are ragged, empty or not finite, differ in shape, or a denominator is negative
 */
export function bootstrapRatio(
  of: {
    readonly numerators: readonly (readonly number[])[];
    readonly denominators: readonly (readonly number[])[];
  },
  input: Omit<BootstrapInput, 'scores' | 'statistic'>,
): RatioEstimate {
  const matrices = [toMatrix(of.numerators), toMatrix(of.denominators)] as const;
  const [, { values, seeds, problems }] = matrices;
  if (values.some((value) => value < 0))
    throw new ScoreShapeError('a denominator is negative; a ratio of means needs counts');
  const groups = groupByBase(seeds, input.bases);
  const [above, below] = meanReplicates(matrices, groups, input);
  const once = new Int32Array(problems).fill(1);
  const [numerator, denominator] = matrices.map((matrix) => weightedMean(matrix, rowWeights(groups), once));
  const estimate = finite(numerator! / denominator!);
  const sizes = { bases: groups.length, seeds, problems };
  if (estimate === null) return { estimate, low: null, high: null, ...sizes };
  const ratios = above!.map((value, r) => (below![r] === 0 ? Infinity : value / below![r]!));
  const { low, high } = percentileInterval(ratios, input.level);
  return { estimate, low: finite(low), high: finite(high), ...sizes };
}
