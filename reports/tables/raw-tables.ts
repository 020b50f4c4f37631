import type { ComparisonInput, EvaluationCount, RunRecord } from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { completeFormatShares } from './format-shares.ts';
import type { Table, TableColumn } from './table.ts';

/*
 * The rows that every other number of a report is made of, one line per thing that was counted or measured. What is recomputed from
 * them, and how: docs/results/recompute.py.
 */

/** What tells a run apart, at the head of each raw table. */
function runColumns<Row extends { readonly runId: string }>({
  runs,
}: Pick<ComparisonInput, 'runs'>): TableColumn<Row>[] {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const runOf = ({ runId }: Row): RunRecord => byId.get(runId)!;
  return [
    { name: 'run', cell: (row) => row.runId },
    { name: 'condition', cell: (row) => runOf(row).condition },
    { name: 'base_seed', cell: (row) => runOf(row).baseSeed },
    { name: 'seed', cell: (row) => runOf(row).seed },
  ];
}

const formatsOf = (rows: readonly EvaluationCount[]): string[] =>
  [...new Set(rows.flatMap(({ formats }) => Object.keys(formats)))].sort();

/** How often each answer but the correct one was given, most frequent first; texts are left out, since only votes count. */
function rivalVotes({ answers, correctAnswer }: EvaluationCount): string {
  return Object.entries(answers)
    .flatMap(([answer, times]) => (answer === '' || answer === correctAnswer ? [] : [times]))
    .sort((a, b) => b - a)
    .join(' ');
}

/** `CONFIDENCE:c/n` of each confidence that samples of a problem stated, ascending: what its Brier score is made of. */
function statedConfidences({ confidences }: EvaluationCount): string {
  return Object.entries(confidences ?? {})
    .filter(([confidence]) => confidence !== '')
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([confidence, { n, c }]) => `${confidence}:${c}/${n}`)
    .join(' ');
}

/** Samples of each problem by format, as votes, and by stated confidence: what shares of formats, maj@k and Brier scores are made of. */
export function sampleColumns(evaluations: readonly EvaluationCount[]): TableColumn<EvaluationCount>[] {
  return [
    ...formatsOf(evaluations).flatMap((format): TableColumn<EvaluationCount>[] => [
      { name: `n/${format}`, cell: ({ formats }) => formats[format]?.n ?? 0 },
      { name: `c/${format}`, cell: ({ formats }) => formats[format]?.c ?? 0 },
    ]),
    { name: 'votes_right', cell: ({ answers, correctAnswer }) => answers[correctAnswer] ?? 0 },
    { name: 'votes_wrong', cell: rivalVotes },
    ...(evaluations.some(({ confidences }) => confidences !== null)
      ? [{ name: 'stated', cell: statedConfidences }]
      : []),
  ];
}

type ProbeRow = ComparisonInput['probeScores'][number];

/** What probes measured; `problem` is empty where it is one number for the whole run. */
export function probeTable(input: ComparisonInput): Table<ProbeRow> {
  return {
    file: 'probe-scores.csv',
    columns: [
      ...runColumns<ProbeRow>(input),
      { name: 'step', cell: (row) => row.step },
      { name: 'probe', cell: (row) => row.probe },
      { name: 'metric', cell: (row) => row.metric },
      { name: 'split', cell: (row) => row.split },
      { name: 'problem', cell: ({ problemIndex }) => (problemIndex < 0 ? null : problemIndex) },
      { name: 'value', cell: (row) => row.value },
    ],
  };
}

/** One training step of a run: each metric that it recorded, by name. */
export interface StepRow {
  readonly runId: string;
  readonly step: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Runs in their order, steps ascending. A format that a step did not take had the share 0 there. */
export function tabulateSteps(input: ComparisonInput): StepRow[] {
  const steps = groupRows(completeFormatShares(input), ({ runId, step }) => JSON.stringify([runId, step]));
  const order = new Map(input.runs.map(({ id }, i) => [id, i]));
  return [...steps.values()]
    .map((points) => ({
      runId: points[0]!.runId,
      step: points[0]!.step,
      values: new Map(points.map(({ name, value }) => [name, value])),
    }))
    .sort((a, b) => order.get(a.runId)! - order.get(b.runId)! || a.step - b.step);
}

/** One column per metric of docs/metrics.md, section 6; empty where a step did not record it. */
export function stepTable(input: ComparisonInput, rows: readonly StepRow[]): Table<StepRow> {
  const names = [...new Set(rows.flatMap(({ values }) => [...values.keys()]))].sort();
  return {
    file: 'step-metrics.csv',
    columns: [
      ...runColumns<StepRow>(input),
      { name: 'step', cell: (row) => row.step },
      ...names.map((name) => ({ name, cell: ({ values }: StepRow) => values.get(name) ?? null })),
    ],
  };
}

/** Samples of one evaluation of a run that stated one confidence. */
export interface ConfidenceRow {
  readonly runId: string;
  readonly split: string;
  readonly step: number;
  /** As a decimal; null: none was stated. */
  readonly confidence: number | null;
  readonly n: number;
  readonly c: number;
}

/** The sums that every measure of calibration is made of, over the problems of a split; nothing where no format states one. */
export function tabulateConfidences({ evaluations }: ComparisonInput): ConfidenceRow[] {
  const split = evaluations.flatMap(({ runId, split, step, confidences }) =>
    Object.entries(confidences ?? {}).map(([text, { n, c }]) => ({
      ...{ runId, split, step, n, c },
      confidence: text === '' ? null : Number(text),
    })),
  );
  const sums = groupRows(split, ({ runId, split, step, confidence }) =>
    JSON.stringify([runId, split, step, confidence]),
  );
  return [...sums.values()].map((rows) => ({
    ...rows[0]!,
    n: rows.reduce((sum, { n }) => sum + n, 0),
    c: rows.reduce((sum, { c }) => sum + c, 0),
  }));
}

export function confidenceTable(input: ComparisonInput): Table<ConfidenceRow> {
  return {
    file: 'confidences.csv',
    columns: [
      ...runColumns<ConfidenceRow>(input),
      { name: 'split', cell: (row) => row.split },
      { name: 'step', cell: (row) => row.step },
      { name: 'confidence', cell: (row) => row.confidence },
      { name: 'n', cell: (row) => row.n },
      { name: 'c', cell: (row) => row.c },
    ],
  };
}
