import { unitOfMetric } from '../../config/hypothesis.ts';
import type { CheckEvidence } from '../../stats/significance/weigh-check.ts';
import { describeBound, describeChecked, describeCheckValue, describeKind } from '../text/check-text.ts';
import type { CsvCell } from '../text/csv-table.ts';
import { describeComparison, describeMetric } from '../text/hypothesis-text.ts';
import type { Table } from '../tables/table.ts';
import { isMeasuredCheck, type CheckRow } from './weigh-checks.ts';

const ifMeasured =
  (cell: (evidence: CheckEvidence) => CsvCell) =>
  (row: CheckRow): CsvCell =>
    isMeasuredCheck(row) ? cell(row.evidence) : null;

/** What had to hold before anything was decided, and whether it did. */
export const checkTable: Table<CheckRow> = {
  file: 'checks.csv',
  columns: [
    { name: 'check', title: 'check', cell: ({ name }) => name },
    { name: 'kind', cell: ({ check }) => check.kind },
    { title: 'kind', cell: describeKind },
    { name: 'says', title: 'what must hold', kind: 'wide', cell: ({ check }) => check.says },
    { name: 'state', title: 'state', cell: ({ state }) => state },
    { name: 'reason', cell: (row) => (isMeasuredCheck(row) ? null : row.reason) },
    { title: 'value (90% interval)', cell: describeCheckValue },
    { title: 'needed', cell: describeBound },
    { title: 'of', kind: 'wide', cell: describeChecked },
    { name: 'compared', cell: ({ check }) => describeComparison(check) },
    { name: 'metric', cell: ({ check }) => describeMetric(check.metric) },
    {
      name: 'control_metric',
      cell: ({ check }) => (check.controlMetric === undefined ? null : describeMetric(check.controlMetric)),
    },
    { name: 'unit', cell: ({ check }) => unitOfMetric(check.metric) },
    { name: 'alternative', cell: ({ check }) => check.alternative },
    { name: 'bound', cell: ({ check }) => check.bound.value },
    { name: 'value', cell: ifMeasured(({ value }) => value) },
    { name: 'low', cell: ifMeasured(({ low }) => low) },
    { name: 'high', cell: ifMeasured(({ high }) => high) },
    { name: 'bases', cell: ifMeasured(({ bases }) => bases) },
    { name: 'seeds', cell: ifMeasured(({ pairs }) => pairs) },
    { name: 'problems', cell: ifMeasured(({ problems }) => problems) },
  ],
};
