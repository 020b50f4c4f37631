import { mean } from '../../stats/intervals/aggregate-scores.ts';
import type { Clusters } from '../../stats/intervals/cluster-error.ts';
import { hasNoSpread } from '../../stats/intervals/crossed-mean.ts';
import { widenInvisible } from '../../stats/intervals/exact-ends.ts';
import { intervalOfMean, meanWithError } from '../../stats/intervals/mean-with-error.ts';
import { LEVEL } from './interval-generator.ts';

/** The mean of scores from 0 to 1, such as a pass@k, with what is known of it. */
export interface Level {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Null where nothing varies. */
  readonly standardError: number | null;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
}

/**
 * A level with its interval as claims have it: Student's t over base models (seeds where there is one base) and problems; with
 * one run over its problems alone. Within 0 to 1, and exact over problems where every score is 0 or 1.
 *
 * @param scores scores[run][problem]
 * @param bases base seed of each run
 * @param clusters of the problems
 */
export function estimateLevel(
  scores: readonly (readonly number[])[],
  bases: readonly number[],
  clusters?: Clusters,
): Level {
  const found = meanWithError(scores, bases, clusters);
  const problemMeans = scores[0]!.map((_, problem) => mean(scores.map((row) => row[problem]!)));
  return {
    mean: found.estimate,
    ...widenInvisible(intervalOfMean(found, LEVEL), problemMeans, { of: 'level', level: LEVEL }),
    standardError: hasNoSpread(found) ? null : found.standardError,
    bases: found.bases,
    seeds: found.pairs,
    problems: found.problemCount,
  };
}
