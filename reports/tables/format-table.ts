import type { FinalCounts } from '../comparison/final-counts.ts';
import { sumFormats, type FormatTotal } from './sum-formats.ts';

/** How often a condition's final samples on a split take one completion format, and how accurate it is. */
export interface FormatRow extends FormatTotal {
  readonly condition: string;
  readonly split: string;
}

export function tabulateFormats(finals: readonly FinalCounts[]): FormatRow[] {
  return finals.flatMap(({ condition, split, counts }) =>
    sumFormats(counts.flat()).map((total) => ({ condition, split, ...total })),
  );
}
