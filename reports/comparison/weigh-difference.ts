import type { Generator } from '../../random/generator.ts';
import { mean } from '../../stats/intervals/aggregate-scores.ts';
import { meanByCluster, type Clusters, type VarianceShare } from '../../stats/intervals/cluster-error.ts';
import { hasNoSpread, type CrossedMean } from '../../stats/intervals/crossed-mean.ts';
import { widenInvisible } from '../../stats/intervals/exact-ends.ts';
import {
  intervalOfMean,
  meanWithError,
  pAgainstZero,
  withRunNoise,
} from '../../stats/intervals/mean-with-error.ts';
import { pairedDifferences } from '../../stats/significance/paired-difference.ts';
import { signFlipTests } from '../../stats/significance/sign-flip-test.ts';
import { LEVEL } from './interval-generator.ts';

/** Scores of both arms at one k: treatment[run][problem] and baseline[run][problem], the same problems. */
export interface Measure {
  readonly k: number;
  readonly treatment: readonly (readonly number[])[];
  readonly baseline: readonly (readonly number[])[];
}

/** A mean difference treatment − baseline with what is known of it. */
export interface WeighedDifference {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** Null where nothing varies, or where the arms ran other seeds. */
  readonly standardError: number | null;
  /** Two-sided; the level at which the interval would touch 0. */
  readonly p: number;
  /** Sign-flip p over problems, for the runs as trained. */
  readonly problemSignFlipP: number;
  /** The difference of each pair of runs; empty when the arms ran other seeds. */
  readonly bySeed: readonly number[];
  /** What a smallest detectable difference is planned from; null when the arms ran other seeds. */
  readonly error: CrossedMean | null;
}

/** For what is drawn. */
interface Draws {
  readonly resamples: number;
  readonly generator: Generator;
}

/** What pairs of runs share. */
interface PairedRuns {
  /** Base seed of each. */
  readonly bases: readonly number[];
  /** Of the problems. */
  readonly clusters?: Clusters;
  /** See `withRunNoise`. */
  readonly runNoise?: VarianceShare | undefined;
}

/** Runs of the same bases and seeds: interval and p as claims have them. */
export function weighPaired(
  measures: readonly Measure[],
  { bases, clusters, runNoise }: PairedRuns,
  draws: Draws,
): WeighedDifference[] {
  const cells = measures.map(({ treatment, baseline }) =>
    treatment.map((row, s) => row.map((score, p) => score - baseline[s]![p]!)),
  );
  const problemMeans = cells.map(meanOverRuns);
  const flips = signFlipTests(
    problemMeans.map((values) => meanByCluster(values, clusters)),
    { alternative: 'two-sided', ...draws },
  );
  return cells.map((differences, i) => {
    const error = withRunNoise(meanWithError(differences, bases, clusters), runNoise);
    const ends = intervalOfMean(error, LEVEL);
    return {
      difference: error.estimate,
      ...widenInvisible(ends, problemMeans[i]!, { of: 'difference', level: LEVEL }),
      standardError: hasNoSpread(error) ? null : error.standardError,
      p: pAgainstZero(error),
      problemSignFlipP: flips[i]!.p,
      bySeed: differences.map(mean),
      error,
    };
  });
}

/** Arms of other seeds share no pairs whose spread could be read off; the bootstrap draws the runs of each alone. */
export function weighUnpaired(
  measures: readonly Measure[],
  bases: { readonly treatment: readonly number[]; readonly baseline: readonly number[] },
  draws: Draws,
): WeighedDifference[] {
  const found = pairedDifferences(measures, { bases, seeds: 'different', level: LEVEL, ...draws });
  return found.map(({ estimate, low, high, p, problemSignFlipP }, i) => {
    const reference = meanOverRuns(measures[i]!.baseline);
    const problemMeans = meanOverRuns(measures[i]!.treatment).map((score, j) => score - reference[j]!);
    return {
      difference: estimate,
      ...widenInvisible({ low, high }, problemMeans, { of: 'difference', level: LEVEL }),
      standardError: null,
      p,
      problemSignFlipP,
      bySeed: [],
      error: null,
    };
  });
}

function meanOverRuns(scores: readonly (readonly number[])[]): number[] {
  return scores[0]!.map((_, problem) => mean(scores.map((row) => row[problem]!)));
}
