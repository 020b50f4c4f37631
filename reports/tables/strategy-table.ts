import { hierarchicalBootstrap } from '../../stats/intervals/hierarchical-bootstrap.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import { meanByBase } from '../../stats/intervals/mean-by-base.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import type { PairedFinals } from '../comparison/paired-finals.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import { INTERVAL, INTERVAL_COLUMNS, SIZE_COLUMNS, type Table } from './table.ts';

/** What the problems of one strategy switch (d in arXiv 2506.10947) add to a condition's gain over the baseline. */
export interface StrategyRow {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  /** The format of most of a problem's samples, before and after training. */
  readonly before: string;
  readonly after: string;
  /** Share of problems × runs with this switch. */
  readonly share: number;
  /** pass@1 gained inside d, per problem of the whole split: the gains of all d add up to the total gain. */
  readonly gain: number;
  readonly low: number;
  readonly high: number;
  readonly totalGain: number;
  readonly totalLow: number;
  readonly totalHigh: number;
  /** no-total-gain: the interval of the total gain includes 0, so that shares of it mean nothing. */
  readonly state: 'defined' | 'no-total-gain';
  /** C_d = gain / totalGain; null in the state no-total-gain. */
  readonly contribution: number | null;
  readonly bases: number;
  readonly seeds: number;
  readonly problems: number;
}

export const strategyTable: Table<StrategyRow> = {
  file: 'strategies.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'reference', cell: (row) => row.reference },
    { name: 'split', title: 'split', cell: (row) => row.split },
    { title: 'switch', cell: (row) => `${row.before} → ${row.after}` },
    { name: 'before', cell: (row) => row.before },
    { name: 'after', cell: (row) => row.after },
    {
      name: 'share',
      title: 'share of problems',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.share,
    },
    { name: 'gain', title: 'gain inside', kind: 'number', format: formatDifference, cell: (row) => row.gain },
    { ...INTERVAL, summary: null },
    ...INTERVAL_COLUMNS,
    {
      name: 'total_gain',
      title: 'total gain',
      summary: null,
      kind: 'number',
      format: formatDifference,
      cell: (row) => row.totalGain,
    },
    {
      summary: 'total gain',
      cell: ({ totalGain, totalLow: low, totalHigh: high }) =>
        `${formatDifference(totalGain)} (${formatInterval({ low, high })})`,
    },
    { name: 'total_low', cell: (row) => row.totalLow },
    { name: 'total_high', cell: (row) => row.totalHigh },
    { name: 'state', cell: (row) => row.state },
    { name: 'contribution', cell: (row) => row.contribution },
    {
      title: 'contribution',
      kind: 'number',
      cell: ({ contribution }) => (contribution === null ? 'undefined' : formatDifference(contribution)),
    },
    ...SIZE_COLUMNS,
  ],
};

/** The format of most samples; of equally frequent ones the first by name. Null without any sample. */
export function dominantFormat({ formats }: Pick<EvaluationCount, 'formats'>): string | null {
  const ranked = Object.entries(formats)
    .filter(([, { n }]) => n > 0)
    .sort(([a, x], [b, y]) => y.n - x.n || (a < b ? -1 : 1));
  return ranked[0]?.[0] ?? null;
}

interface Change {
  readonly before: string;
  readonly after: string;
  readonly gain: number;
}

/** changes[run][problem]; null where a problem has no sample before or after. */
function changesOf({ before, after }: PairedFinals): Change[][] | null {
  const changes = before.map((row, r) =>
    row.map((problem, p) => {
      const later = after[r]![p]!;
      const names = { before: dominantFormat(problem), after: dominantFormat(later) };
      const scores = [passAtK(later, 1), passAtK(problem, 1)] as const;
      if (names.before === null || names.after === null || scores[0] === null || scores[1] === null)
        return null;
      return { before: names.before, after: names.after, gain: scores[0] - scores[1] };
    }),
  );
  return changes.every((row) => row.every((change) => change !== null)) ? (changes as Change[][]) : null;
}

function countFormats({ before, after }: PairedFinals): number {
  const rows = [...before, ...after].flat();
  return new Set(
    rows.flatMap(({ formats }) => Object.entries(formats).flatMap(([name, { n }]) => (n > 0 ? [name] : []))),
  ).size;
}

/** The gain of each pair by strategy switch; pairs whose samples all have one format have no strategy to switch. */
export function tabulateStrategies(pairs: readonly PairedFinals[], fingerprint: string): StrategyRow[] {
  return pairs.flatMap((pair) => {
    const changes = countFormats(pair) > 1 ? changesOf(pair) : null;
    return changes === null ? [] : decompose(pair, changes, fingerprint);
  });
}

function decompose(
  { condition, reference, split, bases }: PairedFinals,
  changes: readonly (readonly Change[])[],
  fingerprint: string,
): StrategyRow[] {
  const keyOf = ({ before, after }: Change): string => JSON.stringify([before, after]);
  const only = (key: string | null, value: (change: Change) => number): number[][] =>
    changes.map((row) => row.map((change) => (key === null || keyOf(change) === key ? value(change) : 0)));
  const interval = (key: string | null) =>
    hierarchicalBootstrap({
      scores: only(key, ({ gain }) => gain),
      bases,
      resamples: BAND_RESAMPLES,
      // One name for all switches: the same draws, so that their replicates add up to the total's.
      generator: intervalGenerator(fingerprint, `strategies/${condition}/${split}`),
      level: LEVEL,
    });
  const total = interval(null);
  const isDefined = total.low > 0 || total.high < 0;
  return [...new Set(changes.flat().map(keyOf))].sort().map((key) => {
    const [before, after] = JSON.parse(key) as [string, string];
    const { estimate, low, high } = interval(key);
    return {
      ...{ condition, reference, split, before, after },
      share: meanByBase(
        only(key, () => 1),
        bases,
      ),
      ...{ gain: estimate, low, high },
      ...{ totalGain: total.estimate, totalLow: total.low, totalHigh: total.high },
      state: isDefined ? 'defined' : 'no-total-gain',
      contribution: isDefined ? estimate / total.estimate : null,
      ...{ bases: total.bases, seeds: total.seeds, problems: total.problems },
    };
  });
}
