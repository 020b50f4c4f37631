import type { FinalCounts } from '../comparison/final-counts.ts';
import { sumFormats, type FormatTotal } from './sum-formats.ts';
import { formatScore } from '../text/format-number.ts';
import { type Table } from './table.ts';

/** How often a condition's final samples on a split take one completion format, and how accurate it is. */
export interface FormatRow extends FormatTotal {
  readonly condition: string;
  readonly split: string;
}

export const formatTable: Table<FormatRow> = {
  file: 'formats.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'split', title: 'split', cell: (row) => row.split },
    { name: 'format', title: 'format', cell: (row) => row.format },
    { name: 'samples', cell: (row) => row.samples },
    { name: 'share', title: 'share', kind: 'number', format: formatScore, cell: (row) => row.share },
    {
      name: 'accuracy',
      title: 'accuracy in it',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.accuracy,
    },
  ],
};

export function tabulateFormats(finals: readonly FinalCounts[]): FormatRow[] {
  return finals.flatMap(({ condition, split, counts }) =>
    sumFormats(counts.flat()).map((total) => ({ condition, split, ...total })),
  );
}
