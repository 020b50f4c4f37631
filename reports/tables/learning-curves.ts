import { meanOverProblems, passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { ComparisonInput, MetricPoint } from '../comparison/comparison-input.ts';
import { completeFormatShares } from './format-shares.ts';
import { estimateLevel } from '../comparison/estimate-level.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { type Table } from './table.ts';

/** Mean over runs at one step, with the lowest and highest run. */
export interface CurvePoint {
  readonly condition: string;
  readonly metric: string;
  readonly step: number;
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
  readonly seeds: number;
  /** 95 % interval over runs and problems; null for what is recorded once per run. */
  readonly interval: { readonly low: number; readonly high: number } | null;
}

/** The file; the page draws it. */
export const curveTable: Table<CurvePoint> = {
  file: 'learning-curves.csv',
  columns: [
    { name: 'condition', cell: (row) => row.condition },
    { name: 'metric', cell: (row) => row.metric },
    { name: 'step', cell: (row) => row.step },
    { name: 'mean', cell: (row) => row.mean },
    { name: 'lowest', cell: (row) => row.lowest },
    { name: 'highest', cell: (row) => row.highest },
    { name: 'seeds', cell: (row) => row.seeds },
    { name: 'low', cell: (row) => row.interval?.low ?? null },
    { name: 'high', cell: (row) => row.interval?.high ?? null },
  ],
};

/** The name under which dev pass@1 joins the recorded metrics. */
export const DEV_METRIC = 'eval/dev/pass_at_1';

/** Every recorded series per condition and step over the seeds, with dev pass@1 from the evaluations on the way. */
export function tabulateLearningCurves(input: ComparisonInput): CurvePoint[] {
  const conditionOf = new Map(input.runs.map((run) => [run.id, run.condition]));
  const order = new Map(input.conditions.map(({ name }, i) => [name, i]));
  const cells = groupRows([...completeFormatShares(input), ...devPoints(input)], ({ runId, name, step }) =>
    JSON.stringify([conditionOf.get(runId), name, step]),
  );
  return [...cells.values()]
    .map((points) => {
      const { runId, name, step } = points[0]!;
      const values = points.map(({ value }) => value);
      return {
        condition: conditionOf.get(runId)!,
        metric: name,
        step,
        mean: values.toSorted((a, b) => a - b).reduce((sum, value) => sum + value, 0) / values.length,
        lowest: Math.min(...values),
        highest: Math.max(...values),
        seeds: values.length,
        interval:
          name === DEV_METRIC ? devInterval(input, { condition: conditionOf.get(runId)!, step }) : null,
      };
    })
    .sort(
      (a, b) =>
        order.get(a.condition)! - order.get(b.condition)! ||
        (a.metric < b.metric ? -1 : a.metric > b.metric ? 1 : a.step - b.step),
    );
}

function devPoints({ evaluations }: ComparisonInput): MetricPoint[] {
  const cells = groupRows(
    evaluations.filter(({ split }) => split === 'dev'),
    ({ runId, step }) => JSON.stringify([runId, step]),
  );
  return [...cells.values()].flatMap((rows) => {
    const { runId, step } = rows[0]!;
    const value = meanOverProblems(rows, 1, passAtK);
    return value === null ? [] : [{ runId, step, name: DEV_METRIC, value }];
  });
}

/** Over the runs of a condition that answered all of its dev problems at a step; null where none did. */
function devInterval(
  { runs, evaluations }: ComparisonInput,
  at: { readonly condition: string; readonly step: number },
): CurvePoint['interval'] {
  const own = runs.filter(({ condition }) => condition === at.condition);
  const rowsOf = groupRows(
    evaluations.filter(({ split, step }) => split === 'dev' && step === at.step),
    ({ runId }) => runId,
  );
  const most = Math.max(0, ...own.map(({ id }) => rowsOf.get(id)?.length ?? 0));
  const whole = own.filter(({ id }) => most > 0 && rowsOf.get(id)?.length === most);
  const scores = whole.map(({ id }) => rowsOf.get(id)!.map((row) => passAtK(row, 1)));
  if (scores.length === 0 || scores.flat().includes(null)) return null;
  const { low, high } = estimateLevel(
    scores as number[][],
    whole.map(({ baseSeed }) => baseSeed),
  );
  return { low, high };
}
