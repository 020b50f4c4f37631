import { estimateLevel, type Level } from '../comparison/estimate-level.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { INTERVAL_COLUMNS, SIZE_COLUMNS, type Table } from './table.ts';

export interface PassAtKRow extends Level {
  readonly condition: string;
  readonly split: string;
  readonly k: number;
}

/** The file; page and summary have a column for each k, which a list of columns cannot say. */
export const passAtKTable: Table<PassAtKRow> = {
  file: 'pass-at-k.csv',
  columns: [
    { name: 'condition', cell: (row) => row.condition },
    { name: 'split', cell: (row) => row.split },
    { name: 'k', cell: (row) => row.k },
    { name: 'mean', cell: (row) => row.mean },
    ...INTERVAL_COLUMNS,
    ...SIZE_COLUMNS,
    { name: 'standard_error', cell: (row) => row.standardError },
  ],
};

/** A score of a problem's samples at k; null where it is not defined there. */
export type ScoreAtK = (row: EvaluationCount, k: number) => number | null;

/** scores[run][problem] at k; null where the score of some problem is undefined. */
function scoresAtK(final: FinalCounts, score: ScoreAtK, k: number): number[][] | null {
  const scores = final.counts.map((row) => row.map((counts) => score(counts, k)));
  return scores.every((row): row is number[] => row.every((value) => value !== null)) ? scores : null;
}

/** scores[run][problem] of pass@k; null where some problem has fewer than k samples, so pass@k is undefined. */
export function passAtKScores(final: FinalCounts, k: number): number[][] | null {
  return scoresAtK(final, passAtK, k);
}

/** Powers of two up to the smallest n, at most 64; of graded scores 1 alone. */
export function reportedKs(
  finals: readonly {
    readonly counts: readonly (readonly Pick<EvaluationCount, 'n' | 'isGraded'>[])[];
  }[],
): number[] {
  if (finals.some(({ counts }) => counts.some((row) => row.some(({ isGraded }) => isGraded === true))))
    return [1];
  let fewest = 64;
  for (const { counts } of finals)
    for (const row of counts) for (const { n } of row) fewest = Math.min(fewest, n);
  return [1, 2, 4, 8, 16, 32, 64].filter((k) => k <= fewest);
}

/** The mean of a score at each k where all problems have one, with its interval over base models, seeds and problems. */
export function tabulateAtK(final: FinalCounts, ks: readonly number[], score: ScoreAtK): PassAtKRow[] {
  const { condition, split, bases, clusters } = final;
  return ks.flatMap((k) => {
    const scores = scoresAtK(final, score, k);
    return scores === null ? [] : [{ condition, split, k, ...estimateLevel(scores, bases, clusters) }];
  });
}

/** pass@k of every condition and split at each k. */
export function tabulatePassAtK(finals: readonly FinalCounts[]): PassAtKRow[] {
  return finals.flatMap((final) => tabulateAtK(final, reportedKs([final]), passAtK));
}
