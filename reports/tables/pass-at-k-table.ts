import { clopperPearsonInterval } from '../../stats/intervals/binomial-interval.ts';
import { bootstrapMeans } from '../../stats/intervals/hierarchical-bootstrap.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import { INTERVAL_COLUMNS, SIZE_COLUMNS, type Table } from './table.ts';

export interface PassAtKRow {
  readonly condition: string;
  readonly split: string;
  readonly k: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
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
  ],
};

/** A score of a problem's samples at k, and the name its resampling goes by. */
export interface ScoreAtK {
  readonly name: string;
  /** Null where the score is not defined at k. */
  readonly score: (row: EvaluationCount, k: number) => number | null;
}

/** scores[run][problem] at k; null where the score of some problem is undefined. */
function scoresAtK(final: FinalCounts, { score }: ScoreAtK, k: number): number[][] | null {
  const scores = final.counts.map((row) => row.map((counts) => score(counts, k)));
  return scores.every((row): row is number[] => row.every((value) => value !== null)) ? scores : null;
}

const PASS_AT_K: ScoreAtK = { name: 'pass-at-k', score: passAtK };

/** scores[run][problem] of pass@k; null where some problem has fewer than k samples, so pass@k is undefined. */
export function passAtKScores(final: FinalCounts, k: number): number[][] | null {
  return scoresAtK(final, PASS_AT_K, k);
}

/** Powers of two up to the smallest n, at most 64. */
export function reportedKs(
  finals: readonly { readonly counts: readonly (readonly { readonly n: number }[])[] }[],
): number[] {
  const fewest = Math.min(
    64,
    ...finals.flatMap(({ counts }) => counts.flatMap((row) => row.map(({ n }) => n))),
  );
  return [1, 2, 4, 8, 16, 32, 64].filter((k) => k <= fewest);
}

/** The mean of a score at each k where all problems have one, with its interval over base models, seeds and problems. */
export function tabulateAtK(
  final: FinalCounts,
  ks: readonly number[],
  measure: ScoreAtK & { readonly fingerprint: string },
): PassAtKRow[] {
  const measures = ks.flatMap((k) => {
    const scores = scoresAtK(final, measure, k);
    return scores === null ? [] : [{ k, scores }];
  });
  if (measures.length === 0) return [];
  const { condition, split } = final;
  // The same draws for every k give smooth bands.
  const intervals = bootstrapMeans(
    measures.map(({ scores }) => scores),
    {
      bases: final.bases,
      resamples: BAND_RESAMPLES,
      generator: intervalGenerator(measure.fingerprint, `${measure.name}/${condition}/${split}`),
      level: LEVEL,
    },
  );
  return intervals.map(({ estimate, bases, seeds, problems, ...drawn }, i) => ({
    condition,
    split,
    k: measures[i]!.k,
    mean: estimate,
    ...(unanimousEnds(measures[i]!.scores) ?? { low: drawn.low, high: drawn.high }),
    bases,
    seeds,
    problems,
  }));
}

/**
 * Where every run scores 0 (or 1) on every problem no bootstrap can draw anything else, and its interval has no width. Then the ends
 * are Clopper–Pearson's with the problems as trials: samples of one problem are no independent trials, for it may be that each
 * problem is solved always or never. Covers other problems, for the runs as trained. Null elsewhere.
 */
function unanimousEnds(scores: readonly (readonly number[])[]): { low: number; high: number } | null {
  const problems = scores[0]!.length;
  const score = scores[0]![0];
  if ((score !== 0 && score !== 1) || !scores.every((row) => row.every((value) => value === score)))
    return null;
  const [low, high] = clopperPearsonInterval(score * problems, problems, LEVEL);
  return { low, high };
}

/** pass@k of every condition and split at each k. */
export function tabulatePassAtK(finals: readonly FinalCounts[], fingerprint: string): PassAtKRow[] {
  return finals.flatMap((final) => tabulateAtK(final, reportedKs([final]), { ...PASS_AT_K, fingerprint }));
}
