import type { Generator } from '../../random/generator.ts';
import { drawCounts, weightedMean, type BootstrapEstimate } from '../intervals/hierarchical-bootstrap.ts';
import { percentileInterval } from '../quantile.ts';
import { drawBases, drawRowWeights, groupByBase, rowWeights } from '../intervals/run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';
import { signFlipTests } from './sign-flip-test.ts';

export interface PairedDifferenceInput {
  /** treatment[seed][problem] and baseline[seed][problem]: the same problems in the same order. */
  readonly treatment: readonly (readonly number[])[];
  readonly baseline: readonly (readonly number[])[];
  /** Base seed of each row of both arms; absent: one base. Arms with the same bases draw them together. */
  readonly bases?: { readonly treatment: readonly number[]; readonly baseline: readonly number[] };
  /** same: row s of both arms used the same base and seed, so seeds are drawn as pairs. different: each arm's seeds are drawn alone. */
  readonly seeds: 'same' | 'different';
  readonly resamples: number;
  readonly generator: Generator;
  readonly level: number;
}

export interface PairedDifference extends BootstrapEstimate {
  /** Two-sided, over bases, seeds and problems, by inversion of the bootstrap interval. */
  readonly p: number;
  /** Two-sided sign-flip p over problems, for the runs as trained: it says nothing about other seeds. */
  readonly problemSignFlipP: number;
}

/**
 * Mean differences treatment − baseline over problems and seeds, of several measures of the same runs and problems, such as
 * pass@k at several k: each as it alone would come out, with every replicate drawn once. Interval: as
 * `hierarchicalBootstrap`, with problems drawn once for both arms. p = 2·min(share of replicates <= 0, share >= 0), the
 * observed data added to both: the level at which the interval would just touch 0, so that interval and p cannot disagree
 * by more than the Monte Carlo error.
 *
 * @throws ScoreShapeError when the arms have other problems, or other seed counts though declared the same, or when the
 *   measures differ in shape
 */
export function pairedDifferences(
  measures: readonly Pick<PairedDifferenceInput, 'treatment' | 'baseline'>[],
  input: Omit<PairedDifferenceInput, 'treatment' | 'baseline'>,
): PairedDifference[] {
  const { resamples, generator, level } = input;
  const pairs = measures.map((measure) => toPair(measure, input));
  const [first] = pairs;
  const problems = first!.treatment.problems;
  const draw = drawPair(first!, input);
  const replicates = pairs.map(() => new Float64Array(resamples));
  for (let r = 0; r < resamples; r += 1) {
    const { left, right } = draw();
    const drawn = drawCounts(problems, generator);
    pairs.forEach(({ treatment, baseline }, i) => {
      replicates[i]![r] = weightedMean(treatment, left, drawn) - weightedMean(baseline, right, drawn);
    });
  }
  const permutations = signFlipTests(
    pairs.map(({ treatment, baseline }) => subtractMeans(problemMeans(treatment), problemMeans(baseline))),
    { alternative: 'two-sided', generator, resamples },
  );
  return permutations.map((permutation, i) => ({
    estimate: permutation.meanDifference,
    ...percentileInterval(replicates[i]!, level),
    level,
    bases: first!.treatment.groups.length,
    seeds: first!.treatment.seeds,
    problems,
    p: invertedP(replicates[i]!),
    problemSignFlipP: permutation.p,
  }));
}

interface Pair {
  readonly treatment: Arm;
  readonly baseline: Arm;
}

function toPair(
  measure: Pick<PairedDifferenceInput, 'treatment' | 'baseline'>,
  { bases, seeds }: Pick<PairedDifferenceInput, 'bases' | 'seeds'>,
): Pair {
  const treatment = toScoreMatrix(measure.treatment);
  const baseline = toScoreMatrix(measure.baseline);
  assertSameShape(treatment, baseline, seeds);
  return { treatment: toArm(treatment, bases?.treatment), baseline: toArm(baseline, bases?.baseline) };
}

/** Draws the runs of both arms: together where they share seeds, else each arm's alone within the bases that both have. */
function drawPair(
  { treatment, baseline }: Pair,
  { bases, seeds, generator }: Pick<PairedDifferenceInput, 'bases' | 'seeds' | 'generator'>,
): () => { left: Float64Array; right: Float64Array } {
  const sharesBases = bases === undefined || isSameSet(bases.treatment, bases.baseline);
  if (seeds === 'same' && !sharesBases) {
    throw new ScoreShapeError('arms declared to share their seeds have other bases; declare them different');
  }
  return () => {
    const drawn = drawBases(treatment.groups.length, generator);
    const left = drawRowWeights(treatment.groups, drawn, generator);
    if (seeds === 'same') return { left, right: left };
    const others = sharesBases ? drawn : drawBases(baseline.groups.length, generator);
    return { left, right: drawRowWeights(baseline.groups, others, generator) };
  };
}

interface Arm {
  readonly values: Float64Array;
  readonly seeds: number;
  readonly problems: number;
  readonly groups: number[][];
}

function toArm({ values, rows, columns }: ScoreMatrix, bases: readonly number[] | undefined): Arm {
  return { values, seeds: rows, problems: columns, groups: groupByBase(rows, bases) };
}

function isSameSet(a: readonly number[], b: readonly number[]): boolean {
  const left = new Set(a);
  const right = new Set(b);
  return left.size === right.size && [...left].every((item) => right.has(item));
}

interface ScoreMatrix {
  values: Float64Array;
  rows: number;
  columns: number;
}

function assertSameShape(treatment: ScoreMatrix, baseline: ScoreMatrix, seeds: 'same' | 'different'): void {
  if (treatment.columns !== baseline.columns) {
    throw new ScoreShapeError(
      `the treatment has ${treatment.columns} problems and the baseline ${baseline.columns}, expected the same problems`,
    );
  }
  if (seeds === 'same' && treatment.rows !== baseline.rows) {
    throw new ScoreShapeError(
      `the treatment has ${treatment.rows} seeds and the baseline ${baseline.rows}, expected the same seeds; declare them different`,
    );
  }
}

function problemMeans({ values, seeds, problems, groups }: Arm): Float64Array {
  const means = new Float64Array(problems);
  const weights = rowWeights(groups);
  values.forEach((value, i) => {
    means[i % problems]! += (weights[Math.floor(i / problems)]! * value) / seeds;
  });
  return means;
}

function subtractMeans(a: Float64Array, b: Float64Array): number[] {
  return Array.from(a, (value, i) => value - b[i]!);
}

/** Rounding leaves sums of cancelling scores at 1e-17 instead of 0; such a replicate is a tie with 0. */
const ZERO = 1e-12;

function invertedP(replicates: Float64Array): number {
  let below = 1;
  let above = 1;
  for (const replicate of replicates) {
    if (replicate <= ZERO) below += 1;
    if (replicate >= -ZERO) above += 1;
  }
  return Math.min(1, (2 * Math.min(below, above)) / (replicates.length + 1));
}
