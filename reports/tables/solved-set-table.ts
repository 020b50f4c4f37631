import { hierarchicalBootstrap } from '../../stats/intervals/hierarchical-bootstrap.ts';
import { turnoverAt } from '../../stats/pass-at-k/turnover.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import type { PairedFinals } from '../comparison/paired-finals.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { type Table } from './table.ts';

/** Problems × runs that changed sides at k samples an arm, beside what two draws of one policy would change. */
interface TurnoverColumns {
  /** Fewest samples of a problem in either arm; null where a problem has none, and with it all that follows. */
  readonly k: number | null;
  /** Expected number newly solved, lost, and either by chance alone. */
  readonly gained: number | null;
  readonly lost: number | null;
  readonly chance: number | null;
  /** (gained − chance) / total, and (lost − chance) / total, every base counting the same. */
  readonly gainedExcess: number | null;
  readonly gainedLow: number | null;
  readonly gainedHigh: number | null;
  readonly lostExcess: number | null;
  readonly lostLow: number | null;
  readonly lostHigh: number | null;
}

/** Problems of all paired runs by who solved them at least once in its samples (c > 0). */
export interface SolvedSetRow extends TurnoverColumns {
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

const formatExcess = (excess: number | null, low: number | null, high: number | null): string | null =>
  excess === null || low === null || high === null
    ? null
    : `${formatDifference(excess)} (${formatInterval({ low, high })})`;

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
    { name: 'k', cell: (row) => row.k },
    { name: 'gained', cell: (row) => row.gained },
    { name: 'lost', cell: (row) => row.lost },
    { name: 'by_chance', cell: (row) => row.chance },
    { name: 'gained_excess', cell: (row) => row.gainedExcess },
    { name: 'gained_low', cell: (row) => row.gainedLow },
    { name: 'gained_high', cell: (row) => row.gainedHigh },
    {
      title: 'newly solved − by chance',
      kind: 'number',
      cell: (row) => formatExcess(row.gainedExcess, row.gainedLow, row.gainedHigh),
    },
    { name: 'lost_excess', cell: (row) => row.lostExcess },
    { name: 'lost_low', cell: (row) => row.lostLow },
    { name: 'lost_high', cell: (row) => row.lostHigh },
    {
      title: 'lost − by chance',
      kind: 'number',
      cell: (row) => formatExcess(row.lostExcess, row.lostLow, row.lostHigh),
    },
    { name: 'seeds', cell: (row) => row.seeds },
    { name: 'problems', cell: (row) => row.problems },
  ],
};

const NO_TURNOVER: TurnoverColumns = {
  k: null,
  gained: null,
  lost: null,
  chance: null,
  gainedExcess: null,
  gainedLow: null,
  gainedHigh: null,
  lostExcess: null,
  lostLow: null,
  lostHigh: null,
};

function measureTurnover(pair: PairedFinals, fingerprint: string): TurnoverColumns {
  const { condition, split, before, after, bases } = pair;
  const k = Math.min(...[...after, ...before].flat().map(({ n }) => n));
  if (k < 1) return NO_TURNOVER;
  // No problem has fewer than k samples, so none is undefined.
  const cells = before.map((row, r) => row.map((counts, p) => turnoverAt(counts, after[r]![p]!, k)!));
  const sumOf = (of: 'gained' | 'lost' | 'chance'): number =>
    cells.flat().reduce((sum, cell) => sum + cell[of], 0);
  const excessOf = (of: 'gained' | 'lost') =>
    hierarchicalBootstrap({
      scores: cells.map((row) => row.map((cell) => cell[of] - cell.chance)),
      bases,
      resamples: BAND_RESAMPLES,
      generator: intervalGenerator(fingerprint, `solved-sets/${of}/${condition}/${split}`),
      level: LEVEL,
    });
  const [gained, lost] = [excessOf('gained'), excessOf('lost')];
  return {
    k,
    gained: sumOf('gained'),
    lost: sumOf('lost'),
    chance: sumOf('chance'),
    gainedExcess: gained.estimate,
    gainedLow: gained.low,
    gainedHigh: gained.high,
    lostExcess: lost.estimate,
    lostLow: lost.low,
    lostHigh: lost.high,
  };
}

/**
 * Whether a condition solves what the baseline does not, summed over runs (arXiv 2504.13837, section 4), and more of it than
 * sampling twice would move between the sets.
 */
export function tabulateSolvedSets(pairs: readonly PairedFinals[], fingerprint: string): SolvedSetRow[] {
  return pairs.map((pair) => {
    const { condition, reference, split, problemIds, before, after } = pair;
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
      ...measureTurnover(pair, fingerprint),
      seeds: before.length,
      problems: problemIds.length,
    };
  });
}
