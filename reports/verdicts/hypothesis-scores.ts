import type { HypothesisMetric } from '../../config/hypothesis.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type {
  ComparisonInput,
  EvaluationCount,
  MetricPoint,
  RunRecord,
} from '../comparison/comparison-input.ts';
import { brierOf } from '../tables/calibration-table.ts';
import { voteOf } from '../tables/consistency-table.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';

/** A metric of a condition's completed runs: one row per pair of base and seed, one column per problem. */
export interface MeasuredScores {
  readonly pairs: readonly { readonly base: number; readonly seed: number }[];
  /** The one entry `run` when the metric is one number per run. */
  readonly problems: readonly string[];
  /** Cluster of each problem; absent: each is its own. */
  readonly clusters?: readonly number[];
  /** scores[pair][problem] */
  readonly scores: readonly (readonly number[])[];
}

/** Why a metric has no scores, as the end of a sentence. */
export interface Unmeasured {
  readonly reason: string;
}

export function isMeasured(found: MeasuredScores | Unmeasured): found is MeasuredScores {
  return 'scores' in found;
}

interface Place {
  readonly input: ComparisonInput;
  readonly finals: readonly FinalCounts[];
  readonly condition: string;
}

/** The scores that a hypothesis compares, of one of its conditions. */
export function measureMetric(place: Place, metric: HypothesisMetric): MeasuredScores | Unmeasured {
  switch (metric.name) {
    case 'pass@k':
      return measureFinal(place, metric.split, (row) => passAtK(row, metric.k));
    case 'score':
      return measureFinal(place, metric.split, ({ n, c }) => (n === 0 ? null : c / n));
    case 'maj@k':
      return measureFinal(place, metric.split, (row) => voteOf(row, metric.k));
    case 'format-share':
      return measureFinal(place, metric.split, (row) => formatShare(row, metric.format));
    case 'brier':
      return measureFinal(place, metric.split, brierOf);
    case 'step':
      return measureRuns(place, (run) => stepValues(place.input, run, metric));
    case 'probe':
      return measureRuns(place, (run) => probeValues(place.input, run, metric));
  }
}

function formatShare({ formats }: EvaluationCount, format: string): number | null {
  const all = Object.values(formats).reduce((sum, { n }) => sum + n, 0);
  return all === 0 ? null : (formats[format]?.n ?? 0) / all;
}

function measureFinal(
  { finals, condition }: Place,
  split: string,
  score: (row: EvaluationCount) => number | null,
): MeasuredScores | Unmeasured {
  const final = finals.find((entry) => entry.condition === condition && entry.split === split);
  if (final === undefined) return { reason: `${condition} has no final evaluation of ${split}` };
  const scores = final.counts.map((row) => row.map(score));
  const pairs = final.seeds.map((seed, row) => ({ base: final.bases[row]!, seed }));
  if (scores.every((row): row is number[] => row.every((value) => value !== null))) {
    const { problemIds: problems, clusters } = final;
    return { pairs, problems, scores, ...(clusters === undefined ? {} : { clusters }) };
  }
  return { reason: `the metric is undefined for some problem of ${split} under ${condition}` };
}

type Values = ReadonlyMap<string, number>;

/** The problems that every run has a value for; a number that a probe could not define has none. */
function measureRuns(
  { input, condition }: Place,
  valuesOf: (run: RunRecord) => Values,
): MeasuredScores | Unmeasured {
  const runs = input.runs.filter((run) => run.condition === condition && run.status === 'completed');
  const values = runs.map(valuesOf);
  const without = runs.find((_, i) => values[i]!.size === 0);
  if (without !== undefined) return { reason: `run ${without.id} did not record the metric` };
  const problems = [...(values[0]?.keys() ?? [])].filter((key) => values.every((row) => row.has(key)));
  if (problems.length === 0) return { reason: `no problem has the metric in every run of ${condition}` };
  return {
    pairs: runs.map(({ baseSeed, seed }) => ({ base: baseSeed, seed })),
    problems,
    scores: values.map((row) => problems.map((problem) => row.get(problem)!)),
  };
}

/** The key of a number that belongs to a whole run. */
const WHOLE_RUN = 'run';

function stepValues(
  { metrics }: ComparisonInput,
  run: RunRecord,
  { metric, over }: Extract<HypothesisMetric, { name: 'step' }>,
): Values {
  const from = { last: run.stepsDone - 1, 'last-quarter': run.stepsDone * 0.75, mean: 0 }[over];
  const isLate = ({ runId, step }: MetricPoint): boolean => runId === run.id && step >= from;
  const late = metrics.filter((point) => point.name === metric && isLate(point));
  // A step records the formats that occurred: one that it does not name had the share 0 there.
  const steps = metric.startsWith('format/')
    ? new Set(metrics.filter(isLate).map(({ step }) => step)).size
    : late.length;
  if (steps === 0) return new Map();
  return new Map([[WHOLE_RUN, late.reduce((sum, { value }) => sum + value, 0) / steps]]);
}

function probeValues(
  { probeScores }: ComparisonInput,
  run: RunRecord,
  { probe, metric, split }: Extract<HypothesisMetric, { name: 'probe' }>,
): Values {
  const own = probeScores.filter(
    (row) =>
      row.runId === run.id && row.probe === probe && row.metric === metric && row.split === (split ?? ''),
  );
  const last = own.reduce((step, row) => Math.max(step, row.step), -1);
  return new Map(
    own
      .filter(({ step }) => step === last)
      .map(({ problemIndex, value }) => [problemIndex < 0 ? WHOLE_RUN : `${split}/${problemIndex}`, value]),
  );
}
