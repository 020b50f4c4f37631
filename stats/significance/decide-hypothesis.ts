import type { Generator } from '../../random/generator.ts';
import { mean } from '../intervals/aggregate-scores.ts';
import {
  allHoldP,
  claimedBounds,
  distanceWithin,
  opposedBounds,
  someHoldsP,
  type Bound,
  type Claim,
} from './claim-bounds.ts';
import {
  criticalValue,
  crossedMean,
  hasNoSpread,
  upperTailP,
  type CrossedMean,
} from '../intervals/crossed-mean.ts';
import { detectableEffect, neededRuns, type NeededRuns } from './detectable-effect.ts';
import { meanReplicates } from '../intervals/hierarchical-bootstrap.ts';
import { adjustPValues } from './multiple-testing.ts';
import { percentileInterval } from '../quantile.ts';
import { groupByBase } from '../intervals/run-draw.ts';
import { toScoreMatrix } from '../score-shape-error.ts';
import { signFlipTest } from './sign-flip-test.ts';

export interface HypothesisInput {
  /** differences[pair][problem] = treatment − control; one row per pair of base and seed, one column for run-level metrics. */
  readonly differences: readonly (readonly number[])[];
  /** Base seed of each row. */
  readonly bases: readonly number[];
  readonly claim: Claim;
  /** >= 0, in the unit of the differences. */
  readonly margin: number;
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
  /** One-sided p of the claim, and of its opposite. */
  readonly supportP: number;
  readonly contradictP: number;
  /** Beside the decision: percentile interval and p of the hierarchical bootstrap. */
  readonly bootstrapLow: number;
  readonly bootstrapHigh: number;
  readonly bootstrapP: number;
  /** Beside the decision: sign-flip p over the pairs of base and seed, and over problems (null with one number per run). */
  readonly pairFlipP: number;
  readonly problemFlipP: number | null;
  /** See `detectableEffect`; null where nothing varies. */
  readonly detectable: number | null;
  readonly needed: NeededRuns;
  readonly bases: number;
  readonly pairs: number;
  readonly problems: number;
}

/**
 * The evidence for one claim about the mean difference δ. p and interval invert `crossedMean`'s t bounds; where nothing
 * varies at all, the sign-flip p over pairs stands in (smallest possible: 2^−pairs). Null with one pair per arm only: nothing is
 * then known of other runs, and nothing can be decided.
 *
 * @throws ScoreShapeError when differences are ragged, empty or not finite, or bases do not match
 */
export function weighHypothesis(input: HypothesisInput): HypothesisEvidence | null {
  const { differences, claim, margin, generator, level } = input;
  const found = crossedMean(differences, input.bases);
  if (found === null) return null;
  const bounds = claimedBounds(claim, margin);
  const pairMeans = differences.map(mean);
  const flip = (units: readonly number[], bound: Bound): number =>
    signFlipTest({
      differences: units.map((value) => value - bound.value),
      alternative: bound.side === 1 ? 'greater' : 'less',
      generator,
      resamples: input.resamples,
    }).p;
  const pOf = (bound: Bound): number => (hasNoSpread(found) ? flip(pairMeans, bound) : tOf(found, bound));
  const half = hasNoSpread(found) ? 0 : criticalValue(found, (1 - level) / 2) * found.standardError;
  const problemMeans = differences[0]!.map((_, p) => mean(differences.map((row) => row[p]!)));
  return {
    effect: found.estimate,
    low: found.estimate - half,
    high: found.estimate + half,
    supportP: allHoldP(bounds, pOf),
    contradictP: someHoldsP(opposedBounds(claim, margin), pOf),
    ...bootstrap(input, bounds),
    pairFlipP: allHoldP(bounds, (bound) => flip(pairMeans, bound)),
    problemFlipP: problemMeans.length < 2 ? null : allHoldP(bounds, (bound) => flip(problemMeans, bound)),
    detectable: detectableEffect(found, bounds.length),
    needed: neededRuns(found, distanceWithin(found.estimate, bounds), bounds.length),
    bases: found.bases,
    pairs: found.pairs,
    problems: found.problemCount,
  };
}

function tOf(found: CrossedMean, { value, side }: Bound): number {
  const above = upperTailP(found, value);
  return side === 1 ? above : 1 - above;
}

/** Rounding leaves sums of cancelling scores at 1e-17 instead of 0; such a replicate ties with the bound. */
const TIE = 1e-12;

function bootstrap(
  { differences, bases, resamples, generator, level }: HypothesisInput,
  bounds: readonly Bound[],
): Pick<HypothesisEvidence, 'bootstrapLow' | 'bootstrapHigh' | 'bootstrapP'> {
  const { values, rows: seeds, columns: problems } = toScoreMatrix(differences);
  const groups = groupByBase(seeds, bases);
  const [replicates] = meanReplicates([{ values, seeds, problems }], groups, { resamples, generator });
  const p = allHoldP(bounds, ({ value, side }) => {
    const failing = replicates!.filter((replicate) => side * (replicate - value) <= TIE).length;
    return (failing + 1) / (resamples + 1);
  });
  const { low, high } = percentileInterval(replicates!, level);
  return { bootstrapLow: low, bootstrapHigh: high, bootstrapP: p };
}

export type HypothesisVerdict = 'supported' | 'contradicted' | 'inconclusive';

/** Level of each of the two families of errors: false support, false contradiction. */
export const DECISION_ALPHA = 0.05;

export interface HypothesisDecision {
  readonly verdict: HypothesisVerdict;
  readonly holmSupportP: number;
  readonly holmContradictP: number;
}

/**
 * The decision rule: supported when Holm's p of the claim, over all hypotheses decided together, is at most 0.05;
 * contradicted when that of its opposite is; else inconclusive. Source: Holm 1979.
 */
export function decideHypotheses(
  evidence: readonly Pick<HypothesisEvidence, 'supportP' | 'contradictP'>[],
): HypothesisDecision[] {
  const support = adjustPValues(
    evidence.map(({ supportP }) => supportP),
    'holm',
  );
  const contradict = adjustPValues(
    evidence.map(({ contradictP }) => contradictP),
    'holm',
  );
  return evidence.map((_, i) => {
    const [holmSupportP, holmContradictP] = [support[i]!, contradict[i]!];
    const verdict =
      holmSupportP <= DECISION_ALPHA
        ? 'supported'
        : holmContradictP <= DECISION_ALPHA
          ? 'contradicted'
          : 'inconclusive';
    return { verdict, holmSupportP, holmContradictP };
  });
}
