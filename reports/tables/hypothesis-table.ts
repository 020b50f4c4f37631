import {
  listTerms,
  marginValue,
  shareOf,
  unitOfMetric,
  type ComparedTerm,
  type HypothesisMetric,
} from '../../config/hypothesis.ts';
import type { VerdictRow } from '../verdicts/verdict-table.ts';
import type { Table } from './table.ts';

/** The hypotheses as declared: with their terms everything that the decision reads. What came of them is in verdicts.csv. */
export const hypothesisTable: Table<VerdictRow> = {
  file: 'hypotheses.csv',
  columns: [
    { name: 'hypothesis', cell: ({ number }) => number },
    { name: 'claim', cell: ({ hypothesis }) => hypothesis.claim },
    { name: 'alternative', cell: ({ hypothesis }) => hypothesis.alternative },
    { name: 'margin', cell: ({ hypothesis }) => marginValue(hypothesis) },
    { name: 'margin_share', cell: ({ hypothesis }) => shareOf(hypothesis)?.share ?? null },
    { name: 'interest', cell: ({ hypothesis }) => hypothesis.interest?.value ?? null },
    { name: 'unit', cell: ({ hypothesis }) => unitOfMetric(hypothesis.metric) },
    { name: 'equal', cell: ({ hypothesis }) => hypothesis.equal?.unit ?? null },
    { name: 'equal_tolerance', cell: ({ hypothesis }) => hypothesis.equal?.tolerance ?? null },
    { name: 'reported', cell: ({ hypothesis }) => hypothesis.reported },
  ],
};

/** One condition that a hypothesis weighs: the effect is the sum of weight × mean of the metric. */
export interface TermRow {
  readonly hypothesis: number;
  /** `effect`, or `margin`: the positive control that a margin is a share of. */
  readonly part: 'effect' | 'margin';
  readonly condition: string;
  readonly weight: number;
  readonly metric: HypothesisMetric;
}

export function tabulateTerms(rows: readonly VerdictRow[]): TermRow[] {
  const toRow =
    (hypothesis: number, part: TermRow['part']) =>
    ({ condition, weight, metric }: ComparedTerm): TermRow => ({
      hypothesis,
      part,
      condition,
      weight,
      metric,
    });
  return rows.flatMap(({ number, hypothesis }) => {
    const margin = shareOf(hypothesis);
    const control = margin === null ? [] : listTerms({ ...margin.of, metric: hypothesis.metric });
    return [...listTerms(hypothesis).map(toRow(number, 'effect')), ...control.map(toRow(number, 'margin'))];
  });
}

/** A column that a metric has no use for is empty. */
export const termTable: Table<TermRow> = {
  file: 'hypothesis-terms.csv',
  columns: [
    { name: 'hypothesis', cell: ({ hypothesis }) => hypothesis },
    { name: 'part', cell: ({ part }) => part },
    { name: 'condition', cell: ({ condition }) => condition },
    { name: 'weight', cell: ({ weight }) => weight },
    { name: 'metric', cell: ({ metric }) => metric.name },
    { name: 'split', cell: ({ metric }) => ('split' in metric ? metric.split : null) },
    { name: 'k', cell: ({ metric }) => ('k' in metric ? metric.k : null) },
    { name: 'format', cell: ({ metric }) => ('format' in metric ? metric.format : null) },
    { name: 'probe', cell: ({ metric }) => ('probe' in metric ? metric.probe : null) },
    { name: 'recorded', cell: ({ metric }) => ('metric' in metric ? metric.metric : null) },
    { name: 'over', cell: ({ metric }) => ('over' in metric ? metric.over : null) },
  ],
};
