import { mean } from '../../stats/intervals/aggregate-scores.ts';
import type { ComparedTerm } from '../../config/hypothesis.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { isMeasured, measureMetric, type MeasuredScores, type Unmeasured } from './hypothesis-scores.ts';

/** What several conditions were measured at, row by row and column by column the same run and problem. */
export interface AlignedScores {
  /** scores[term][pair][problem] */
  readonly scores: readonly (readonly (readonly number[])[])[];
  /** Base seed of each row. */
  readonly bases: readonly number[];
  /** The conditions have no problem in common: each row is one number, the run's mean over its own problems. */
  readonly isAveraged: boolean;
  /** Cluster of each column; absent: each is its own. */
  readonly clusters?: readonly number[];
}

/** The condition and metric of a term, whatever its weight. */
type Measured = Pick<ComparedTerm, 'condition' | 'metric'>;

/** Scores of all terms; why not, where one has none. */
export function measureTerms(
  input: ComparisonInput,
  finals: readonly FinalCounts[],
  terms: readonly Measured[],
): AlignedScores | Unmeasured {
  const measured: MeasuredScores[] = [];
  for (const { condition, metric } of terms) {
    const found = measureMetric({ input, finals, condition }, metric);
    if (!isMeasured(found)) return found;
    measured.push(found);
  }
  return alignScores(measured);
}

/**
 * Pairs by base seed, RL seed and problem. A problem is paired with itself only; where the conditions have none in common, as on
 * other corpora, every run counts with the mean over its own.
 */
export function alignScores(measured: readonly MeasuredScores[]): AlignedScores | Unmeasured {
  const rows = commonKeys(measured.map(({ pairs }) => pairs.map(({ base, seed }) => `${base}/${seed}`)));
  if (rows.length === 0) return { reason: 'no base seed and seed ran under all conditions' };
  const columns = commonKeys(measured.map(({ problems }) => problems));
  const isAveraged = columns.length === 0;
  const scores = measured.map((own, term) =>
    rows.map((places) => {
      const row = own.scores[places[term]!]!;
      return isAveraged ? [mean(row)] : columns.map((problem) => row[problem[term]!]!);
    }),
  );
  const { clusters } = measured[0]!;
  return {
    scores,
    bases: rows.map(([first]) => measured[0]!.pairs[first!]!.base),
    isAveraged,
    ...(clusters === undefined || isAveraged
      ? {}
      : { clusters: columns.map(([first]) => clusters[first!]!) }),
  };
}

/** Where each key that all lists have stands in each of them, in the order of the first. */
function commonKeys(lists: readonly (readonly string[])[]): number[][] {
  const places = lists.map((list) => new Map(list.map((key, place) => [key, place])));
  return lists[0]!.flatMap((key) => {
    const found = places.map((place) => place.get(key));
    return found.every((place) => place !== undefined) ? [found] : [];
  });
}

/** Σ weight · scores, cell by cell. */
export function weighScores(
  scores: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
): number[][] {
  return scores[0]!.map((row, i) =>
    row.map((_, j) => weights.reduce((sum, weight, term) => sum + weight * scores[term]![i]![j]!, 0)),
  );
}
