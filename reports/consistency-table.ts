import { bootstrapMeans } from '../stats/hierarchical-bootstrap.ts';
import { majorityAtK } from '../stats/majority-at-k.ts';
import { passHatK } from '../stats/pass-at-k.ts';
import type { EvaluationCount } from './comparison-input.ts';
import type { FinalCounts } from './final-counts.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from './interval-generator.ts';
import { reportedKs, type PassAtKRow } from './pass-at-k-table.ts';

/** pass^k (all of k samples correct) and maj@k (the vote of k samples is correct), with intervals. */
export interface ConsistencyRow extends PassAtKRow {
  readonly metric: 'pass_hat_k' | 'maj_at_k';
}

/** Exact votes of more samples cost too much for what they add. */
const VOTES = [4, 8];

/** maj@k of one problem; null when undefined, or when equally right answers were written in several ways. */
export function voteOf({ answers, correctAnswer, c }: EvaluationCount, k: number): number | null {
  if ((answers[correctAnswer] ?? 0) !== c) return null;
  const listed = Object.entries(answers).flatMap(([answer, times]) =>
    Array<string | null>(times).fill(answer === '' ? null : answer),
  );
  return majorityAtK({
    answers: listed,
    correct: correctAnswer,
    k,
    rule: 'without-replacement/uniform-ties',
  });
}

interface ScoredMetric {
  readonly metric: ConsistencyRow['metric'];
  readonly ks: readonly number[];
  readonly score: (row: EvaluationCount, k: number) => number | null;
}

function toRows(
  final: FinalCounts,
  { metric, ks, score }: ScoredMetric,
  fingerprint: string,
): ConsistencyRow[] {
  const measures = ks.flatMap((k) => {
    const scores = final.counts.map((row) => row.map((counts) => score(counts, k)));
    return scores.every((row): row is number[] => row.every((value) => value !== null))
      ? [{ k, scores }]
      : [];
  });
  if (measures.length === 0) return [];
  const { condition, split } = final;
  const intervals = bootstrapMeans(
    measures.map(({ scores }) => scores),
    {
      bases: final.bases,
      resamples: BAND_RESAMPLES,
      generator: intervalGenerator(fingerprint, `${metric}/${condition}/${split}`),
      level: LEVEL,
    },
  );
  return intervals.map(({ estimate, low, high, bases, seeds, problems }, i) => ({
    condition,
    split,
    metric,
    k: measures[i]!.k,
    mean: estimate,
    low,
    high,
    bases,
    seeds,
    problems,
  }));
}

export function tabulateConsistency(finals: readonly FinalCounts[], fingerprint: string): ConsistencyRow[] {
  return finals.flatMap((final) => {
    const ks = reportedKs([final]);
    const votes = VOTES.filter((k) => ks.includes(k));
    return [
      ...toRows(final, { metric: 'pass_hat_k', ks, score: passHatK }, fingerprint),
      ...toRows(final, { metric: 'maj_at_k', ks: votes, score: voteOf }, fingerprint),
    ];
  });
}
