import { unitOfMetric, type HypothesisMetric } from '../../config/hypothesis.ts';
import type { VerdictRow } from '../verdicts/verdict-table.ts';
import type { Table, TableColumn } from './table.ts';

type Cell = string | number | null;

/** A metric as columns; those that it has no use for are empty. */
const SIDES: Readonly<Record<string, (metric: HypothesisMetric) => Cell>> = {
  metric: ({ name }) => name,
  split: (metric) => ('split' in metric ? metric.split : null),
  k: (metric) => ('k' in metric ? metric.k : null),
  format: (metric) => ('format' in metric ? metric.format : null),
  probe: (metric) => ('probe' in metric ? metric.probe : null),
  recorded: (metric) => ('metric' in metric ? metric.metric : null),
  over: (metric) => ('over' in metric ? metric.over : null),
};

function sideColumns(
  prefix: string,
  metricOf: (row: VerdictRow) => HypothesisMetric,
): TableColumn<VerdictRow>[] {
  return Object.entries(SIDES).map(([name, cell]) => ({
    name: prefix === '' ? name : `${prefix}_${name}`,
    cell: (row) => cell(metricOf(row)),
  }));
}

/** The hypotheses as declared, a column for everything that the decision reads; what came of them is in verdicts.csv. */
export const hypothesisTable: Table<VerdictRow> = {
  file: 'hypotheses.csv',
  columns: [
    { name: 'hypothesis', cell: ({ number }) => number },
    { name: 'claim', cell: ({ hypothesis }) => hypothesis.claim },
    { name: 'treatment', cell: ({ hypothesis }) => hypothesis.treatment },
    { name: 'control', cell: ({ hypothesis }) => hypothesis.control },
    ...sideColumns('', ({ hypothesis }) => hypothesis.metric),
    ...sideColumns('control', ({ hypothesis }) => hypothesis.controlMetric ?? hypothesis.metric),
    { name: 'alternative', cell: ({ hypothesis }) => hypothesis.alternative },
    { name: 'margin', cell: ({ hypothesis }) => hypothesis.margin?.value ?? 0 },
    { name: 'unit', cell: ({ hypothesis }) => unitOfMetric(hypothesis.metric) },
    { name: 'equal', cell: ({ hypothesis }) => hypothesis.equal?.unit ?? null },
    { name: 'equal_tolerance', cell: ({ hypothesis }) => hypothesis.equal?.tolerance ?? null },
    { name: 'reported', cell: ({ hypothesis }) => hypothesis.reported },
  ],
};
