import { LARGEST_SAMPLE, majorityAtK } from '../../stats/pass-at-k/majority-at-k.ts';
import { passHatK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { reportedKs, tabulateAtK, type PassAtKRow, type ScoreAtK } from './pass-at-k-table.ts';
import { INTERVAL_COLUMNS, SIZE_COLUMNS, type Table } from './table.ts';

/** pass^k (all of k samples correct) and maj@k (the vote of k samples is correct), with intervals. */
export interface ConsistencyRow extends PassAtKRow {
  readonly metric: 'pass_hat_k' | 'maj_at_k';
}

export const consistencyTable: Table<ConsistencyRow> = {
  file: 'consistency.csv',
  columns: [
    { name: 'condition', cell: (row) => row.condition },
    { name: 'split', cell: (row) => row.split },
    { name: 'metric', cell: (row) => row.metric },
    { name: 'k', cell: (row) => row.k },
    { name: 'mean', cell: (row) => row.mean },
    ...INTERVAL_COLUMNS,
    ...SIZE_COLUMNS,
  ],
};

/** Exact votes of more samples cost too much for what they add. */
const VOTES = [4, 8];

/** maj@k of one problem; null when undefined, with more than 1000 samples, or when equally right answers were written in several ways. */
export function voteOf({ answers, correctAnswer, n, c }: EvaluationCount, k: number): number | null {
  if (n > LARGEST_SAMPLE || (answers[correctAnswer] ?? 0) !== c) return null;
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

/** pass^k and maj@k of every condition and split, with intervals. */
export function tabulateConsistency(finals: readonly FinalCounts[]): ConsistencyRow[] {
  return finals.flatMap((final) => {
    const ks = reportedKs([final]);
    const toRows = (
      metric: ConsistencyRow['metric'],
      score: ScoreAtK,
      at: readonly number[],
    ): ConsistencyRow[] => tabulateAtK(final, at, score).map((row) => ({ ...row, metric }));
    return [
      ...toRows('pass_hat_k', passHatK, ks),
      ...toRows(
        'maj_at_k',
        voteOf,
        VOTES.filter((k) => ks.includes(k)),
      ),
    ];
  });
}
