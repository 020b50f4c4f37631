import { toSpending } from '../../db/queries/ledger.ts';
import { mean } from '../../stats/intervals/aggregate-scores.ts';
import type { ComparisonInput, LedgerTotal, RunRecord } from '../comparison/comparison-input.ts';
import { formatAmount } from '../text/format-number.ts';
import { type Table, type TableColumn } from './table.ts';

/** What a condition's runs spent, mean over those that are completed and counted. */
export interface ComputeRow {
  readonly condition: string;
  /** A stage of the ledger, or `training`: all of them but evaluation. */
  readonly stage: LedgerTotal['stage'] | 'training';
  /** Whose compute; null for training as a whole. */
  readonly role: string | null;
  /** Completion tokens, in each pass anew; for training, the sampled ones. */
  readonly tokens: number;
  readonly flops: number;
  readonly labels: number;
  /** Texts; for training, the sampled ones. */
  readonly calls: number;
  readonly runs: number;
}

/** The rows that page and summary show. */
export function trainingRows(compute: readonly ComputeRow[]): ComputeRow[] {
  return compute.filter(({ stage }) => stage === 'training');
}

/** Page and summary show the rows of training as a whole, with the FLOPs of its stages and, apart, of evaluations. */
export function computeTable(compute: readonly ComputeRow[]): Table<ComputeRow> {
  const flopsOf = (title: string, ...stages: ComputeRow['stage'][]): TableColumn<ComputeRow> => ({
    title,
    kind: 'number',
    cell: ({ condition }) =>
      compute
        .filter((row) => row.condition === condition && stages.includes(row.stage))
        .reduce((sum, { flops }) => sum + flops, 0),
    format: formatAmount,
  });
  return {
    file: 'compute.csv',
    columns: [
      { name: 'condition', title: 'condition', cell: (row) => row.condition },
      { name: 'stage', cell: (row) => row.stage },
      { name: 'role', cell: (row) => row.role },
      {
        name: 'tokens',
        title: 'sampled tokens',
        kind: 'number',
        format: formatAmount,
        cell: (row) => row.tokens,
      },
      { name: 'flops', cell: (row) => row.flops },
      { name: 'labels', title: 'labels', kind: 'number', format: formatAmount, cell: (row) => row.labels },
      { title: 'FLOPs', kind: 'number', cell: (row) => row.flops, format: formatAmount },
      ...(compute.some(({ stage }) => stage === 'inputs')
        ? [flopsOf('of runs it takes from', 'inputs')]
        : []),
      flopsOf('to sample', 'sample'),
      flopsOf('to measure and judge', 'measure', 'judge'),
      flopsOf('to update', 'update'),
      flopsOf('evaluation, apart', 'evaluation'),
      { name: 'calls', cell: (row) => row.calls },
      { name: 'runs', title: 'runs', kind: 'number', cell: (row) => row.runs },
    ],
  };
}

/** Completed runs of a condition of which every step is in the ledger; older stores counted nothing. */
export function countedRuns(input: ComparisonInput, condition: string): RunRecord[] {
  const uncounted = new Set(input.uncountedRuns);
  return input.runs.filter(
    (run) => run.condition === condition && run.status === 'completed' && !uncounted.has(run.id),
  );
}

function trainingRow(rows: readonly LedgerTotal[]): Omit<LedgerTotal, 'runId' | 'role' | 'stage'> {
  const spent = toSpending(rows);
  const sampled = rows.filter(({ stage }) => stage === 'sample' || stage === 'inputs');
  return {
    tokens: spent['sampled-tokens'],
    flops: spent.flops,
    labels: spent.labels,
    calls: sampled.reduce((sum, { calls }) => sum + calls, 0),
  };
}

/** Training as a whole first, then its stages by role, then evaluations. A run without a stage spent nothing on it. */
export function tabulateCompute(input: ComparisonInput): ComputeRow[] {
  return input.conditions.flatMap(({ name: condition }) => {
    const ids = countedRuns(input, condition).map(({ id }) => id);
    if (ids.length === 0) return [];
    const own = input.ledger.filter(({ runId }) => ids.includes(runId));
    const places = new Map(own.map(({ stage, role }) => [`${stage}/${role}`, { stage, role }]));
    const average = (amounts: readonly Omit<LedgerTotal, 'runId' | 'role' | 'stage'>[]) => {
      const of = (name: 'tokens' | 'flops' | 'labels' | 'calls'): number =>
        amounts.reduce((sum, amount) => sum + amount[name], 0) / ids.length;
      return { tokens: of('tokens'), flops: of('flops'), labels: of('labels'), calls: of('calls') };
    };
    const whole = ids.map((id) => trainingRow(own.filter(({ runId }) => runId === id)));
    return [
      { condition, stage: 'training' as const, role: null, ...average(whole), runs: ids.length },
      ...[...places.values()].map(({ stage, role }) => ({
        ...{ condition, stage, role, runs: ids.length },
        ...average(own.filter((row) => row.stage === stage && row.role === role)),
      })),
    ];
  });
}

/** Mean spending of a condition's runs; null where one of the completed ones is not counted. */
export function meanSpending(
  input: ComparisonInput,
  condition: string,
): ReturnType<typeof toSpending> | null {
  const runs = countedRuns(input, condition);
  const completed = input.runs.filter((run) => run.condition === condition && run.status === 'completed');
  if (runs.length === 0 || runs.length < completed.length) return null;
  const spent = runs.map(({ id }) => toSpending(input.ledger.filter(({ runId }) => runId === id)));
  const average = (unit: keyof ReturnType<typeof toSpending>): number => mean(spent.map((one) => one[unit]));
  return {
    'sampled-tokens': average('sampled-tokens'),
    flops: average('flops'),
    labels: average('labels'),
  };
}
