import { hierarchicalBootstrap } from '../stats/hierarchical-bootstrap.ts';
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

function toRow(
  final: FinalCounts,
  {
    metric,
    k,
    score,
  }: Pick<ConsistencyRow, 'metric' | 'k'> & { score: (row: EvaluationCount) => number | null },
  fingerprint: string,
): ConsistencyRow[] {
  const scores = final.counts.map((row) => row.map(score));
  if (!scores.every((row) => row.every((value) => value !== null))) return [];
  const { condition, split } = final;
  const { estimate, low, high, bases, seeds, problems } = hierarchicalBootstrap({
    scores: scores as number[][],
    bases: final.bases,
    statistic: 'mean',
    resamples: BAND_RESAMPLES,
    generator: intervalGenerator(fingerprint, `${metric}/${condition}/${split}`),
    level: LEVEL,
  });
  return [{ condition, split, metric, k, mean: estimate, low, high, bases, seeds, problems }];
}

export function tabulateConsistency(finals: readonly FinalCounts[], fingerprint: string): ConsistencyRow[] {
  return finals.flatMap((final) => {
    const ks = reportedKs([final]);
    return [
      ...ks.flatMap((k) =>
        toRow(final, { metric: 'pass_hat_k', k, score: (row) => passHatK(row, k) }, fingerprint),
      ),
      ...VOTES.filter((k) => ks.includes(k)).flatMap((k) =>
        toRow(final, { metric: 'maj_at_k', k, score: (row) => voteOf(row, k) }, fingerprint),
      ),
    ];
  });
}
