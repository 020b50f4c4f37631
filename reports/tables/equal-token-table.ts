import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { ComparisonInput, EvaluationCount, RunRecord } from '../comparison/comparison-input.ts';
import { estimateLevel } from '../comparison/estimate-level.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { INTERVAL_COLUMNS, SIZE_COLUMNS, type Table } from './table.ts';

/** dev pass@1 of a trained condition where all of them had spent as many tokens, or had done as many steps. */
export interface EqualBudgetRow {
  readonly condition: string;
  /** tokens: at most `budget` sampled tokens; steps: exactly `budget` training steps. */
  readonly equal: 'tokens' | 'steps';
  readonly budget: number;
  /** Means over the runs at the evaluation that is read. */
  readonly tokens: number;
  readonly steps: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly bases: number;
  readonly seeds: number;
  readonly problems: number;
}

/** The file; the page sets the two readings of a condition side by side, two rows in one. */
export const equalBudgetTable: Table<EqualBudgetRow> = {
  file: 'equal-tokens.csv',
  columns: [
    { name: 'condition', cell: (row) => row.condition },
    { name: 'equal', cell: (row) => row.equal },
    { name: 'budget', cell: (row) => row.budget },
    { name: 'tokens', cell: (row) => row.tokens },
    { name: 'steps', cell: (row) => row.steps },
    { name: 'mean', cell: (row) => row.mean },
    ...INTERVAL_COLUMNS,
    ...SIZE_COLUMNS,
  ],
};

/** One evaluation of a run on dev. */
interface DevPoint {
  readonly run: RunRecord;
  readonly step: number;
  /** Tokens sampled in training up to then. */
  readonly tokens: number;
  readonly rows: readonly EvaluationCount[];
}

/**
 * Compares the trained conditions twice: at the largest token budget that every run of every one of them reached (each
 * read at its last evaluation on dev within it), and at the last step that all of them evaluated. Schemes differ in the
 * length of what they sample, so equal steps are not equal compute.
 */
export function tabulateEqualBudgets(input: ComparisonInput): EqualBudgetRow[] {
  const points = devPoints(input);
  const runs = [...points.values()];
  if (runs.length === 0) return [];
  const tokens = Math.min(...runs.map((own) => own.at(-1)!.tokens));
  const sharedSteps = runs
    .map((own) => new Set(own.map(({ step }) => step)))
    .reduce((shared, steps) => new Set([...shared].filter((step) => steps.has(step))));
  const read = {
    tokens: { budget: tokens, pick: (own: DevPoint[]) => own.findLast((point) => point.tokens <= tokens) },
    steps: {
      budget: Math.max(...sharedSteps),
      pick: (own: DevPoint[]) => own.findLast(({ step }) => sharedSteps.has(step)),
    },
  };
  return input.conditions.flatMap(({ name }) =>
    (['tokens', 'steps'] as const).flatMap((equal) => {
      const own = runs.filter((series) => series[0]!.run.condition === name);
      const picked = own.map(read[equal].pick);
      if (own.length === 0 || picked.some((point) => point === undefined)) return [];
      const label = { condition: name, equal, budget: read[equal].budget };
      return toRow(label, picked as DevPoint[]);
    }),
  );
}

/** Evaluations on dev of each completed trained run, by step; an untrained arm spends no tokens and has none. */
function devPoints(input: ComparisonInput): Map<string, DevPoint[]> {
  const stepsOf = groupRows(input.stepTokens, ({ runId }) => runId);
  const rowsOf = groupRows(
    input.evaluations.filter(({ split }) => split === 'dev'),
    ({ runId }) => runId,
  );
  const entries = input.runs
    .filter(({ id, status }) => status === 'completed' && rowsOf.has(id) && stepsOf.has(id))
    .map((run): [string, DevPoint[]] => {
      const bySteps = groupRows(rowsOf.get(run.id)!, ({ step }) => String(step));
      const points = [...bySteps.values()].map((rows) => {
        const { step } = rows[0]!;
        const spent = stepsOf.get(run.id)!.filter((point) => point.step < step);
        return { run, step, tokens: spent.reduce((sum, point) => sum + point.tokens, 0), rows };
      });
      return [run.id, points.sort((a, b) => a.step - b.step)];
    });
  return new Map(entries);
}

function toRow(
  label: Pick<EqualBudgetRow, 'condition' | 'equal' | 'budget'>,
  points: readonly DevPoint[],
): EqualBudgetRow[] {
  const problems = points[0]!.rows.map(({ problemId }) => problemId);
  const scores = points.map(({ rows }) => {
    const byProblem = new Map(rows.map((row) => [row.problemId, passAtK(row, 1)]));
    return problems.map((problem) => byProblem.get(problem) ?? null);
  });
  if (!scores.every((row): row is number[] => row.every((value) => value !== null))) return [];
  const average = (of: (point: DevPoint) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const { standardError: _, ...level } = estimateLevel(
    scores,
    points.map(({ run }) => run.baseSeed),
  );
  return [
    { ...label, tokens: average(({ tokens }) => tokens), steps: average(({ step }) => step), ...level },
  ];
}
