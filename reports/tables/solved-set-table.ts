import type { PairedFinals } from '../comparison/paired-finals.ts';
import { formatScore } from '../text/format-number.ts';
import { type Table } from './table.ts';

/** Problems of all paired runs by who solved them at least once in its samples (c > 0). */
export interface SolvedSetRow {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  readonly referenceOnly: number;
  readonly both: number;
  readonly conditionOnly: number;
  readonly neither: number;
  /** Problems × runs: the sum of the four, of which the shares are taken. */
  readonly total: number;
  readonly referenceOnlyShare: number;
  readonly bothShare: number;
  readonly conditionOnlyShare: number;
  readonly neitherShare: number;
  readonly seeds: number;
  readonly problems: number;
}

const formatSet = (count: number, share: number): string => `${formatScore(share)} (${count})`;

export const solvedSetTable: Table<SolvedSetRow> = {
  file: 'solved-sets.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'reference', cell: (row) => row.reference },
    { name: 'split', title: 'split', cell: (row) => row.split },
    { name: 'reference_only', cell: (row) => row.referenceOnly },
    { name: 'both', cell: (row) => row.both },
    { name: 'condition_only', cell: (row) => row.conditionOnly },
    { name: 'neither', cell: (row) => row.neither },
    { name: 'total', cell: (row) => row.total },
    { name: 'reference_only_share', cell: (row) => row.referenceOnlyShare },
    { name: 'both_share', cell: (row) => row.bothShare },
    { name: 'condition_only_share', cell: (row) => row.conditionOnlyShare },
    { name: 'neither_share', cell: (row) => row.neitherShare },
    {
      title: 'baseline only',
      summary: 'solved by the baseline only',
      kind: 'number',
      cell: (row) => formatSet(row.referenceOnly, row.referenceOnlyShare),
    },
    { title: 'both', kind: 'number', cell: (row) => formatSet(row.both, row.bothShare) },
    {
      title: 'condition only',
      kind: 'number',
      cell: (row) => formatSet(row.conditionOnly, row.conditionOnlyShare),
    },
    { title: 'neither', kind: 'number', cell: (row) => formatSet(row.neither, row.neitherShare) },
    { name: 'seeds', cell: (row) => row.seeds },
    { name: 'problems', cell: (row) => row.problems },
  ],
};

/** Whether a condition solves what the baseline does not, summed over runs (arXiv 2504.13837, section 4). */
export function tabulateSolvedSets(pairs: readonly PairedFinals[]): SolvedSetRow[] {
  return pairs.map(({ condition, reference, split, problemIds, before, after }) => {
    const outcomes = before.flatMap((row, r) =>
      row.map(({ c }, p) => ({ isBefore: c > 0, isAfter: after[r]![p]!.c > 0 })),
    );
    const count = (isBefore: boolean, isAfter: boolean): number =>
      outcomes.filter((one) => one.isBefore === isBefore && one.isAfter === isAfter).length;
    const sets = {
      referenceOnly: count(true, false),
      both: count(true, true),
      conditionOnly: count(false, true),
      neither: count(false, false),
    };
    const total = outcomes.length;
    return {
      condition,
      reference,
      split,
      ...sets,
      total,
      referenceOnlyShare: sets.referenceOnly / total,
      bothShare: sets.both / total,
      conditionOnlyShare: sets.conditionOnly / total,
      neitherShare: sets.neither / total,
      seeds: before.length,
      problems: problemIds.length,
    };
  });
}
