import { bootstrapRatio } from '../../stats/intervals/bootstrap-ratio.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import type { PlainTable } from './plain-table.ts';
import { SIZE_COLUMNS } from './table.ts';

/** Completion tokens that a condition spends per correct answer of a split. */
export interface TokenCostRow {
  readonly condition: string;
  readonly split: string;
  /** Null where nothing was correct. */
  readonly tokens: number | null;
  readonly low: number | null;
  /** Null with `tokens`, or where too few answers are correct to bound it. */
  readonly high: number | null;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
}

const formatTokens = (value: number): string => value.toFixed(1);

function formatEnds({ tokens, low, high }: TokenCostRow): string {
  if (tokens === null || low === null) return 'nothing correct';
  return `${formatTokens(low)} to ${high === null ? 'unbounded' : formatTokens(high)}`;
}

function costOf({ condition, split, counts, bases }: FinalCounts, fingerprint: string): TokenCostRow[] {
  const spent = counts.map((row) => row.map(({ tokens }) => tokens));
  if (!spent.every((row): row is number[] => !row.includes(null))) return [];
  const of = {
    numerators: spent,
    denominators: counts.map((row) => row.map(({ c }) => c)),
  };
  const generator = intervalGenerator(fingerprint, `tokens-per-correct/${condition}/${split}`);
  const found = bootstrapRatio(of, { bases, resamples: BAND_RESAMPLES, generator, level: LEVEL });
  const { estimate, ...interval } = found;
  return [{ condition, split, tokens: estimate, ...interval }];
}

export const tokenCostTable: PlainTable<TokenCostRow> = {
  file: 'tokens-per-correct.csv',
  id: 'token-cost',
  title: 'Tokens per correct answer',
  heading: '## Tokens per correct answer',
  lead:
    'A scheme that is right as often with shorter answers is the cheaper one. All sampled tokens of the final evaluation, those of wrong ' +
    'answers too, over its correct answers.',
  caption: 'Completion tokens per correct answer: ratio of the sums, and 95% interval',
  note: 'The interval covers other base models, seeds and problems; it is open where so few answers are correct that some replicates have none.',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'split', title: 'split', cell: (row) => row.split },
    {
      name: 'tokens_per_correct',
      title: 'tokens',
      kind: 'number',
      format: formatTokens,
      cell: (row) => row.tokens,
    },
    { name: 'low', cell: (row) => row.low },
    { name: 'high', cell: (row) => row.high },
    { title: '95% interval', kind: 'number', cell: formatEnds },
    ...SIZE_COLUMNS,
  ],
  tabulate: ({ input, finals }) => finals.flatMap((final) => costOf(final, input.experiment.fingerprint)),
};
