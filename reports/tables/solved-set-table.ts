import type { PairedFinals } from '../comparison/paired-finals.ts';

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
