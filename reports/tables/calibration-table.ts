import {
  auroc,
  brierScore,
  decomposeBrier,
  expectedCalibrationError,
  type Forecasts,
} from '../../stats/measures/calibration.ts';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { formatScore } from '../text/format-number.ts';
import { type Table } from './table.ts';

/** In the order of the table. */
const METRICS = [
  'stated',
  'accuracy',
  'mean_confidence',
  'brier',
  'reliability',
  'resolution',
  'uncertainty',
  'ece',
  'auroc',
] as const;
export type CalibrationMetric = (typeof METRICS)[number];

/** One measure of how stated confidences fit what came true: mean, lowest and highest over the runs that have it. */
export interface CalibrationRow {
  readonly condition: string;
  readonly split: string;
  readonly metric: CalibrationMetric;
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
  readonly runs: number;
}

export const calibrationTable: Table<CalibrationRow> = {
  file: 'calibration.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'split', title: 'split', cell: (row) => row.split },
    { name: 'metric', title: 'measure', cell: (row) => row.metric },
    { name: 'mean', title: 'mean', kind: 'number', format: formatScore, cell: (row) => row.mean },
    { name: 'lowest', title: 'lowest run', kind: 'number', format: formatScore, cell: (row) => row.lowest },
    {
      name: 'highest',
      title: 'highest run',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.highest,
    },
    { name: 'runs', title: 'runs', kind: 'number', cell: (row) => row.runs },
  ],
};

/** A point of the reliability diagram: samples of all runs that stated this confidence, and how many were right. */
export interface ReliabilityRow {
  readonly condition: string;
  readonly split: string;
  readonly confidence: number;
  readonly samples: number;
  readonly accuracy: number;
}

export const reliabilityTable: Table<ReliabilityRow> = {
  file: 'reliability.csv',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'split', title: 'split', cell: (row) => row.split },
    {
      name: 'confidence',
      title: 'stated',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.confidence,
    },
    { name: 'samples', cell: (row) => row.samples },
    { name: 'accuracy', title: 'right', kind: 'number', format: formatScore, cell: (row) => row.accuracy },
    { title: 'samples', kind: 'number', cell: (row) => row.samples },
  ],
};

type Counts = ReadonlyMap<string, { readonly n: number; readonly c: number }>;

/** As in arXiv 2507.16806. */
const BINS = 10;
const NONE_STATED = '';

function sumConfidences(rows: readonly EvaluationCount[]): Counts | null {
  const totals = new Map<string, { n: number; c: number }>();
  for (const { confidences } of rows) {
    if (confidences === null) return null;
    for (const [confidence, { n, c }] of Object.entries(confidences)) {
      const total = totals.get(confidence) ?? { n: 0, c: 0 };
      totals.set(confidence, { n: total.n + n, c: total.c + c });
    }
  }
  return totals;
}

function stated(counts: Counts): { confidence: number; n: number; c: number }[] {
  return [...counts]
    .filter(([confidence, { n }]) => confidence !== NONE_STATED && n > 0)
    .map(([confidence, count]) => ({ confidence: Number(confidence), ...count }))
    .sort((a, b) => a.confidence - b.confidence);
}

function toForecasts(counts: Counts): Forecasts {
  const rows = stated(counts);
  return {
    probabilities: rows.flatMap(({ confidence, n }) => Array<number>(n).fill(confidence)),
    outcomes: rows.flatMap(({ n, c }) => Array.from({ length: n }, (_, i) => (i < c ? (1 as const) : 0))),
  };
}

/**
 * Mean (q − correct)² over the samples of one problem that state a confidence q; null when none of them does, or no format states one.
 */
export function brierOf({ confidences }: Pick<EvaluationCount, 'confidences'>): number | null {
  const rows = stated(new Map(Object.entries(confidences ?? {})));
  const samples = rows.reduce((sum, { n }) => sum + n, 0);
  if (samples === 0) return null;
  return (
    rows.reduce((sum, { confidence: q, n, c }) => sum + c * (q - 1) ** 2 + (n - c) * q ** 2, 0) / samples
  );
}

/** The measures of one run's samples; accuracy and those of confidence are over the samples that stated one. */
function measureRun(counts: Counts): Partial<Record<CalibrationMetric, number>> {
  const forecasts = toForecasts(counts);
  const samples = forecasts.outcomes.length;
  const all = samples + (counts.get(NONE_STATED)?.n ?? 0);
  if (all === 0) return {};
  if (samples === 0) return { stated: 0 };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum: number, value) => sum + value, 0) / samples;
  const area = auroc(forecasts);
  return {
    stated: samples / all,
    accuracy: mean(forecasts.outcomes),
    mean_confidence: mean(forecasts.probabilities),
    brier: brierScore(forecasts),
    ...decomposeBrier(forecasts),
    ece: expectedCalibrationError(forecasts, BINS),
    ...(area === null ? {} : { auroc: area }),
  };
}

/** Calibration of the stated confidences of each condition and split; nothing where no format states one. */
export function tabulateCalibration(finals: readonly FinalCounts[]): CalibrationRow[] {
  return finals.flatMap(({ condition, split, counts }) => {
    const runs = counts.flatMap((rows) => sumConfidences(rows) ?? []).map(measureRun);
    return METRICS.flatMap((metric) => {
      const values = runs.flatMap((run) => run[metric] ?? []);
      if (values.length === 0) return [];
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const lowest = Math.min(...values);
      return [{ condition, split, metric, mean, lowest, highest: Math.max(...values), runs: values.length }];
    });
  });
}

/** The reliability diagram's points, by condition, split and confidence. */
export function tabulateReliability(finals: readonly FinalCounts[]): ReliabilityRow[] {
  return finals.flatMap(({ condition, split, counts }) => {
    const totals = sumConfidences(counts.flat());
    if (totals === null) return [];
    return stated(totals).map(({ confidence, n, c }) => ({
      condition,
      split,
      confidence,
      samples: n,
      accuracy: c / n,
    }));
  });
}
