import { countNoun } from './count-noun.ts';
import type { DifferenceRow } from '../tables/difference-table.ts';
import { formatDifference, formatInterval, formatP, formatScore } from './format-number.ts';

/** What the interval and the corrected p-value allow to say. */
export type VerdictKind = 'better' | 'worse' | 'suggestive' | 'no-evidence';

/** Errors of a family of comparisons are held to this rate. */
const ALPHA = 0.05;

export function decideVerdict({ low, high, holmP, difference }: DifferenceRow): VerdictKind {
  if (low <= 0 && high >= 0) return 'no-evidence';
  if (holmP > ALPHA) return 'suggestive';
  return difference > 0 ? 'better' : 'worse';
}

/** One sentence that says what was found, and the numbers behind it. */
export function describeVerdict(row: DifferenceRow): { sentence: string; numbers: string } {
  const { condition, reference, split, k, bases, seeds, problems } = row;
  const where = `on ${split} pass@${k}`;
  const runs = countNoun(seeds, 'seed');
  const samples = `${bases === 1 ? runs : `${seeds} runs of ${bases} base models`}, ${problems} problems`;
  const caution = seeds === 1 ? ' One seed says nothing about other seeds.' : '';
  const numbers = `${formatDifference(row.difference)}, 95% interval ${formatInterval(row)}, Holm p ${equals(row.holmP)}, ${samples}.${caution}`;
  const kind = decideVerdict(row);
  if (kind === 'no-evidence') {
    return {
      sentence: `No evidence of a difference between ${condition} and ${reference} ${where}.`,
      numbers,
    };
  }
  const direction = row.difference > 0 ? 'above' : 'below';
  const size = formatScore(Math.abs(row.difference));
  const sentence =
    kind === 'suggestive'
      ? `${condition} lies ${size} ${direction} ${reference} ${where}, but not beyond the correction for several comparisons.`
      : `${condition} scores ${size} ${direction} ${reference} ${where}.`;
  return { sentence, numbers };
}

function equals(p: number): string {
  return p < 0.001 ? formatP(p) : `= ${formatP(p)}`;
}

/** The rows the report leads with: pass@1 on the clean split (the first split where there is none). */
export function headlineRows(
  differences: readonly DifferenceRow[],
  splits: readonly string[],
): DifferenceRow[] {
  return differences.filter(({ k, split }) => k === 1 && split === splits[0]);
}
