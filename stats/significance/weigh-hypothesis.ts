import type { Generator } from '../../random/generator.ts';
import { mean } from '../intervals/aggregate-scores.ts';
import { meanByCluster, type Clusters, type VarianceShare } from '../intervals/cluster-error.ts';
import {
  criticalValue,
  crossedMean,
  hasNoSpread,
  upperTailP,
  type CrossedMean,
} from '../intervals/crossed-mean.ts';
import { meanReplicates } from '../intervals/hierarchical-bootstrap.ts';
import { meanWithError, withRunNoise } from '../intervals/mean-with-error.ts';
import { groupByBase } from '../intervals/run-draw.ts';
import { percentileInterval } from '../quantile.ts';
import { toScoreMatrix } from '../score-shape-error.ts';
import {
  allHoldP,
  claimedBounds,
  opposedBounds,
  someHoldsP,
  type Bound,
  type Claim,
} from './claim-bounds.ts';
import { detectableEffect, neededRuns, PLANNED_ALPHA, type NeededRuns } from './detectable-effect.ts';
import { signFlipTest } from './sign-flip-test.ts';

type Matrix = readonly (readonly number[])[];

/** A margin as a share of a positive control's effect, measured on the same runs and problems as the effect itself. */
export interface ControlShare {
  readonly share: number;
  /** effects[pair][problem], rows and columns as those of `differences`. */
  readonly effects: Matrix;
}

export interface HypothesisInput {
  /** differences[pair][problem]: the weighted sum of the conditions; one row per pair of base and seed, one column for run-level metrics. */
  readonly differences: Matrix;
  /** Base seed of each row. */
  readonly bases: readonly number[];
  /** Cluster of each column, which alone are independent; absent: each problem is its own. */
  readonly clusters?: Clusters;
  /** runs: the claim speaks of other training runs too, and one says nothing; problems: of a single run as it is. */
  readonly population?: 'runs' | 'problems';
  /** Where there is one run per arm: what others would add to their difference, known from runs of one recipe. */
  readonly runNoise?: VarianceShare | undefined;
  readonly claim: Claim;
  /** >= 0, in the unit of the differences, or a share of a positive control's effect. */
  readonly margin: number | ControlShare;
  /** Smallest effect of interest, > 0, in the unit of the differences; null: none is declared. */
  readonly interest: number | null;
  /** One-sided level that it will be decided at; 0.05 unless told. */
  readonly alpha?: number;
  /** How many hypotheses Holm's correction counts. */
  readonly hypotheses: number;
  readonly resamples: number;
  readonly generator: Generator;
  /** Confidence level of the intervals. */
  readonly level: number;
}

export interface HypothesisEvidence {
  readonly effect: number;
  /** The interval that the decision rests on. */
  readonly low: number;
  readonly high: number;
  /** The margin in the unit of the effect; estimated where it is a share of a positive control's effect. */
  readonly margin: number;
  /** One-sided p of the claim, of its opposite, and of "within ± the smallest effect of interest" (null without one). */
  readonly supportP: number;
  readonly contradictP: number;
  readonly noEffectP: number | null;
  /** Beside the decision: percentile interval and p of the hierarchical bootstrap. */
  readonly bootstrapLow: number;
  readonly bootstrapHigh: number;
  readonly bootstrapP: number;
  /** Beside the decision: sign-flip p over the pairs of base and seed, and over problems (null with one number per run). */
  readonly pairFlipP: number;
  readonly problemFlipP: number | null;
  /** The one-sided level that it was planned with. */
  readonly alpha: number;
  /** See `detectableEffect`, at the planned level and at Holm's strictest; null where nothing varies. */
  readonly detectable: number | null;
  readonly detectableAtHolm: number | null;
  readonly needed: NeededRuns;
  readonly bases: number;
  readonly pairs: number;
  readonly problems: number;
}

/** δ − share · θ: its cells and the mean of them. */
interface Shifted {
  readonly cells: Matrix;
  readonly found: CrossedMean;
}

/** δ − share · θ by share, each computed once; with 0 it is δ itself. */
function openShifts(input: HypothesisInput): (share: number) => Shifted {
  const { differences, margin } = input;
  const known = new Map<number, Shifted>();
  return (share) => {
    const before = known.get(share);
    if (before !== undefined) return before;
    const cells =
      share === 0 || typeof margin === 'number'
        ? differences
        : differences.map((row, i) => row.map((value, j) => value - share * margin.effects[i]![j]!));
    const shifted = { cells, found: measure(input, cells)! };
    known.set(share, shifted);
    return shifted;
  };
}

function measure(
  { bases, clusters, population, runNoise }: HypothesisInput,
  cells: Matrix,
): CrossedMean | null {
  return population === 'problems'
    ? withRunNoise(meanWithError(cells, bases, clusters), runNoise)
    : crossedMean(cells, bases, clusters);
}

/**
 * The evidence for one claim about the mean effect δ. p and interval invert `crossedMean`'s t bounds; where nothing
 * varies at all, the sign-flip p over pairs stands in (smallest possible: 2^−pairs). Null with one pair per arm only: nothing is
 * then known of other runs, and nothing can be decided.
 *
 * @throws ScoreShapeError when differences are ragged, empty or not finite, or bases do not match
 */
export function weighHypothesis(input: HypothesisInput): HypothesisEvidence | null {
  const { differences, claim, margin, interest } = input;
  const found = measure(input, differences);
  if (found === null) return null;
  const shift = openShifts(input);
  const bounds = claimedBounds(claim, margin);
  const flip = (unitsOf: (cells: Matrix) => readonly number[], bound: Bound): number =>
    signFlipTest({
      differences: unitsOf(shift(bound.share).cells).map((value) => value - bound.value),
      alternative: bound.side === 1 ? 'greater' : 'less',
      generator: input.generator,
      resamples: input.resamples,
    }).p;
  const pOf = (bound: Bound): number => {
    const shifted = shift(bound.share).found;
    return hasNoSpread(shifted) ? flip(rowMeans, bound) : tOf(shifted, bound);
  };
  const half = hasNoSpread(found) ? 0 : criticalValue(found, (1 - input.level) / 2) * found.standardError;
  return {
    effect: found.estimate,
    low: found.estimate - half,
    high: found.estimate + half,
    margin: typeof margin === 'number' ? margin : margin.share * measure(input, margin.effects)!.estimate,
    supportP: allHoldP(bounds, pOf),
    contradictP: someHoldsP(opposedBounds(claim, margin), pOf),
    noEffectP: interest === null ? null : allHoldP(claimedBounds('equivalent', interest), pOf),
    ...bootstrap(input, bounds, shift),
    pairFlipP: allHoldP(bounds, (bound) => flip(rowMeans, bound)),
    problemFlipP:
      differences[0]!.length < 2
        ? null
        : allHoldP(bounds, (bound) =>
            flip((cells) => meanByCluster(columnMeans(cells), input.clusters), bound),
          ),
    ...plan(bounds, shift, input),
    bases: found.bases,
    pairs: found.pairs,
    problems: found.problemCount,
  };
}

function rowMeans(cells: Matrix): number[] {
  return cells.map(mean);
}

function columnMeans(cells: Matrix): number[] {
  return cells[0]!.map((_, column) => mean(cells.map((row) => row[column]!)));
}

function tOf(found: CrossedMean, { value, side }: Bound): number {
  const above = upperTailP(found, value);
  return side === 1 ? above : 1 - above;
}

/** What could be seen, and what it would take to show the estimate; of several bounds the one that is hardest to pass. */
function plan(
  bounds: readonly Bound[],
  shift: (share: number) => Shifted,
  { hypotheses, alpha: level = PLANNED_ALPHA }: Pick<HypothesisInput, 'hypotheses' | 'alpha'>,
): Pick<HypothesisEvidence, 'alpha' | 'detectable' | 'detectableAtHolm' | 'needed'> {
  const founds = bounds.map(({ share }) => shift(share).found);
  const seen = (alpha: number): number | null => {
    const sizes = founds.map((found) => detectableEffect(found, bounds.length, alpha));
    return sizes.includes(null) ? null : Math.max(...sizes.map(Number));
  };
  const distances = bounds.map(({ value, side }, i) => side * (founds[i]!.estimate - value));
  const hardest = distances.indexOf(Math.min(...distances));
  return {
    alpha: level,
    detectable: seen(level),
    detectableAtHolm: seen(level / hypotheses),
    needed: neededRuns(founds[hardest]!, distances[hardest]!, { bounds: bounds.length, alpha: level }),
  };
}

/** Rounding leaves sums of cancelling scores at 1e-17 instead of 0; such a replicate ties with the bound. */
const TIE = 1e-12;

function bootstrap(
  { differences, bases, clusters, resamples, generator, level }: HypothesisInput,
  bounds: readonly Bound[],
  shift: (share: number) => Shifted,
): Pick<HypothesisEvidence, 'bootstrapLow' | 'bootstrapHigh' | 'bootstrapP'> {
  const shares = [...new Set([0, ...bounds.map(({ share }) => share)])];
  const matrices = shares.map((share) => {
    const { values, rows: seeds, columns: problems } = toScoreMatrix(shift(share).cells);
    return { values, seeds, problems };
  });
  const groups = groupByBase(differences.length, bases);
  const replicates = meanReplicates(matrices, groups, { resamples, generator, clusters });
  const p = allHoldP(bounds, ({ value, share, side }) => {
    const own = replicates[shares.indexOf(share)]!;
    const failing = own.filter((replicate) => side * (replicate - value) <= TIE).length;
    return (failing + 1) / (resamples + 1);
  });
  const { low, high } = percentileInterval(replicates[0]!, level);
  return { bootstrapLow: low, bootstrapHigh: high, bootstrapP: p };
}
