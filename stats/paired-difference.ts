import type { Generator } from '../random/generator.ts';
import { drawCounts, weightedMean, type BootstrapEstimate } from './hierarchical-bootstrap.ts';
import { percentileInterval } from './quantile.ts';
import { ScoreShapeError, toScoreMatrix } from './score-shape-error.ts';
import { signFlipTest } from './sign-flip-test.ts';

export interface PairedDifferenceInput {
  /** treatment[seed][problem] and baseline[seed][problem]: the same problems in the same order. */
  readonly treatment: readonly (readonly number[])[];
  readonly baseline: readonly (readonly number[])[];
  /** same: row s of both arms used the same seed, so seeds are drawn as pairs. different: each arm's seeds are drawn alone. */
  readonly seeds: 'same' | 'different';
  readonly resamples: number;
  readonly generator: Generator;
  readonly level: number;
}

export interface PairedDifference extends BootstrapEstimate {
  /** Two-sided, over seeds and problems, by inversion of the bootstrap interval. */
  readonly p: number;
  /** Two-sided sign-flip p over problems, for the runs as trained: it says nothing about other seeds. */
  readonly problemSignFlipP: number;
}

/**
 * Mean difference treatment − baseline over problems and seeds. Interval: as `hierarchicalBootstrap`, with problems drawn
 * once for both arms. p = 2·min(share of replicates <= 0, share >= 0), the observed data added to both: the level at which
 * the interval would just touch 0, so that interval and p cannot disagree by more than the Monte Carlo error.
 *
 * @throws ScoreShapeError when the arms have other problems, or other seed counts though declared the same
 */
export function pairedDifference(input: PairedDifferenceInput): PairedDifference {
  const { resamples, generator, level } = input;
  const treatment = toScoreMatrix(input.treatment);
  const baseline = toScoreMatrix(input.baseline);
  assertSameShape(treatment, baseline, input.seeds);
  const problems = treatment.columns;
  const arm = (matrix: typeof treatment): { values: Float64Array; seeds: number; problems: number } => ({
    values: matrix.values,
    seeds: matrix.rows,
    problems,
  });
  const replicates = new Float64Array(resamples);
  for (let r = 0; r < resamples; r += 1) {
    const treatmentSeeds = drawCounts(treatment.rows, generator);
    const baselineSeeds = input.seeds === 'same' ? treatmentSeeds : drawCounts(baseline.rows, generator);
    const drawn = drawCounts(problems, generator);
    replicates[r] =
      weightedMean(arm(treatment), treatmentSeeds, drawn) - weightedMean(arm(baseline), baselineSeeds, drawn);
  }
  const differences = subtractMeans(problemMeans(treatment), problemMeans(baseline));
  const permutation = signFlipTest({ differences, alternative: 'two-sided', generator, resamples });
  return {
    estimate: permutation.meanDifference,
    ...percentileInterval(replicates, level),
    level,
    seeds: treatment.rows,
    problems,
    p: invertedP(replicates),
    problemSignFlipP: permutation.p,
  };
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

function problemMeans({ values, rows, columns }: ScoreMatrix): Float64Array {
  const means = new Float64Array(columns);
  values.forEach((value, i) => (means[i % columns]! += value / rows));
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
