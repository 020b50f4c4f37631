import type { FinalCounts } from './final-counts.ts';

/** How often a condition's final samples on a split take one completion format (its strategy), and how accurate it is. */
export interface FormatRow {
  readonly condition: string;
  readonly split: string;
  readonly format: string;
  readonly samples: number;
  readonly share: number;
  readonly accuracy: number;
}

export function tabulateFormats(finals: readonly FinalCounts[]): FormatRow[] {
  return finals.flatMap(({ condition, split, counts }) => {
    const totals = new Map<string, { n: number; c: number }>();
    for (const { formats } of counts.flat()) {
      for (const [format, { n, c }] of Object.entries(formats)) {
        const total = totals.get(format) ?? { n: 0, c: 0 };
        totals.set(format, { n: total.n + n, c: total.c + c });
      }
    }
    const all = [...totals.values()].reduce((sum, { n }) => sum + n, 0);
    return [...totals]
      .filter(([, { n }]) => n > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([format, { n, c }]) => ({
        condition,
        split,
        format,
        samples: n,
        share: n / all,
        accuracy: c / n,
      }));
  });
}
