import { hierarchicalBootstrap } from '../../stats/intervals/hierarchical-bootstrap.ts';
import { meanByBase } from '../../stats/intervals/mean-by-base.ts';
import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type {
  ComparisonInput,
  ConditionRecord,
  EvaluationCount,
  RunRecord,
} from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { BAND_RESAMPLES, intervalGenerator, LEVEL } from '../comparison/interval-generator.ts';
import { formatDifference, formatInterval, formatScore } from '../text/format-number.ts';
import type { PlainTable } from './plain-table.ts';

/** Training accuracy from which a run counts as saturated: share of all rollouts of a step. */
const SATURATED = 0.99;

/**
 * What a condition that sees the same few problems again and again still gains once it solves them (arXiv 2504.20571).
 * The numbers are over the measured runs; null where there is none.
 */
export interface SaturationRow {
  readonly condition: string;
  readonly fixedProblems: number;
  /** never-saturated: no run did. no-later-evaluation: none was evaluated on dev twice from then on, on shared problems. */
  readonly state: 'never-saturated' | 'no-later-evaluation' | 'measured';
  readonly runs: number;
  readonly saturatedRuns: number;
  readonly measuredRuns: number;
  /** First step at which a run was saturated: the first and the last run's. */
  readonly earliestStep: number | null;
  readonly latestStep: number | null;
  /** pass@1 on dev at the first evaluation from that step on, and at the last one. */
  readonly devAtSaturation: number | null;
  readonly devAtEnd: number | null;
  /** devAtEnd − devAtSaturation on the same problems. */
  readonly gain: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const STATES: Record<SaturationRow['state'], string> = {
  measured: 'measured',
  'never-saturated': 'never saturated',
  'no-later-evaluation': 'not evaluated later',
};

function formatSteps({ earliestStep, latestStep }: SaturationRow): string {
  if (earliestStep === null || latestStep === null) return 'never';
  return earliestStep === latestStep ? String(earliestStep) : `${earliestStep} to ${latestStep}`;
}

function formatGain({ state, gain, low, high }: SaturationRow): string {
  if (gain === null || low === null || high === null) return STATES[state];
  return `${formatDifference(gain)} (${formatInterval({ low, high })})`;
}

export const saturationTable: PlainTable<SaturationRow> = {
  file: 'saturation.csv',
  id: 'saturation',
  title: 'After saturation',
  heading: '## Gain after saturation of the training problems',
  lead:
    'These conditions see the same few problems again and again. What they still gain on other problems once their own are solved comes ' +
    'when the reward has next to nothing left to tell apart.',
  caption:
    'pass@1 on dev from the step on at which 99% of the training rollouts are right; runs: those evaluated then and later',
  note:
    'Dev is read at the first evaluation from the saturated step on and at the last one during training. The interval covers other base ' +
    'models, seeds and dev problems.',
  tabulate: ({ input }) => tabulateSaturation(input),
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    {
      name: 'fixed_problems',
      title: 'problems',
      summary: 'train problems',
      kind: 'number',
      cell: (row) => row.fixedProblems,
    },
    { name: 'state', cell: (row) => row.state },
    { name: 'runs', cell: (row) => row.runs },
    { name: 'saturated_runs', cell: (row) => row.saturatedRuns },
    {
      title: 'saturated',
      summary: 'saturated runs',
      kind: 'number',
      cell: (row) => `${row.saturatedRuns} of ${row.runs}`,
    },
    { name: 'measured_runs', cell: (row) => row.measuredRuns },
    { name: 'earliest_step', cell: (row) => row.earliestStep },
    { name: 'latest_step', cell: (row) => row.latestStep },
    { title: 'first step', kind: 'number', cell: formatSteps },
    {
      name: 'dev_at_saturation',
      title: 'dev then',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.devAtSaturation,
    },
    {
      name: 'dev_at_end',
      title: 'dev at the end',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.devAtEnd,
    },
    { name: 'gain', cell: (row) => row.gain },
    { title: 'gain (95% interval)', summary: 'gain', kind: 'number', cell: formatGain },
    { name: 'low', cell: (row) => row.low },
    { name: 'high', cell: (row) => row.high },
    { title: 'runs', summary: null, kind: 'number', cell: (row) => row.measuredRuns },
  ],
};

interface MeasuredRun {
  readonly base: number;
  /** pass@1 by dev problem. */
  readonly atSaturation: ReadonlyMap<string, number>;
  readonly atEnd: ReadonlyMap<string, number>;
}

/** One row per condition that trains on a fixed set of problems and has a completed run with training steps. */
export function tabulateSaturation(input: ComparisonInput): SaturationRow[] {
  const metrics = input.metrics.filter(({ name }) => name === 'verdict/correct');
  const accuracies = groupRows(metrics, ({ runId }) => runId);
  const evaluations = groupRows(
    input.evaluations.filter(({ split }) => split === 'dev'),
    ({ runId }) => runId,
  );
  return input.conditions.flatMap((condition) => {
    const runs = input.runs.filter(
      (run) => run.condition === condition.name && run.status === 'completed' && accuracies.has(run.id),
    );
    if (condition.fixedProblems === null || runs.length === 0) return [];
    const saturated = runs.flatMap((run) => {
      const steps = (accuracies.get(run.id) ?? []).flatMap(({ step, value }) =>
        value >= SATURATED ? [step] : [],
      );
      return steps.length === 0 ? [] : [{ run, step: Math.min(...steps) }];
    });
    const measured = saturated.flatMap(({ run, step }) =>
      measureRun(run, step, evaluations.get(run.id) ?? []),
    );
    const found = estimateGain(condition, measured, input.experiment.fingerprint);
    const steps = saturated.map(({ step }) => step);
    return [
      {
        condition: condition.name,
        fixedProblems: condition.fixedProblems,
        state: stateOf(saturated.length, found.gain),
        runs: runs.length,
        saturatedRuns: saturated.length,
        measuredRuns: found.gain === null ? 0 : measured.length,
        earliestStep: steps.length === 0 ? null : Math.min(...steps),
        latestStep: steps.length === 0 ? null : Math.max(...steps),
        ...found,
      },
    ];
  });
}

function stateOf(saturated: number, gain: number | null): SaturationRow['state'] {
  if (saturated === 0) return 'never-saturated';
  return gain === null ? 'no-later-evaluation' : 'measured';
}

/** A run's dev evaluations at saturation and at the end; nothing unless they are two. */
function measureRun(run: RunRecord, from: number, rows: readonly EvaluationCount[]): MeasuredRun[] {
  const steps = rows.map(({ step }) => step).filter((step) => step >= from);
  const [first, last] = [Math.min(...steps), Math.max(...steps)];
  if (steps.length === 0 || first === last) return [];
  const scoresAt = (at: number): Map<string, number> =>
    new Map(
      rows.flatMap((row) => {
        const score = row.step === at ? passAtK(row, 1) : null;
        return score === null ? [] : [[row.problemId, score] as const];
      }),
    );
  return [{ base: run.baseSeed, atSaturation: scoresAt(first), atEnd: scoresAt(last) }];
}

/** On the problems that every measured run has in both evaluations. */
function estimateGain(
  { name }: ConditionRecord,
  measured: readonly MeasuredRun[],
  fingerprint: string,
): Pick<SaturationRow, 'devAtSaturation' | 'devAtEnd' | 'gain' | 'low' | 'high'> {
  const problems = [...(measured[0]?.atEnd.keys() ?? [])]
    .filter((id) => measured.every(({ atSaturation, atEnd }) => atSaturation.has(id) && atEnd.has(id)))
    .sort();
  if (problems.length === 0)
    return { devAtSaturation: null, devAtEnd: null, gain: null, low: null, high: null };
  const bases = measured.map(({ base }) => base);
  const rowsOf = (pick: (run: MeasuredRun) => ReadonlyMap<string, number>): number[][] =>
    measured.map((run) => problems.map((id) => pick(run).get(id)!));
  const [start, end] = [rowsOf(({ atSaturation }) => atSaturation), rowsOf(({ atEnd }) => atEnd)];
  const gain = hierarchicalBootstrap({
    scores: end.map((row, r) => row.map((value, p) => value - start[r]![p]!)),
    bases,
    resamples: BAND_RESAMPLES,
    generator: intervalGenerator(fingerprint, `saturation/${name}`),
    level: LEVEL,
  });
  return {
    devAtSaturation: meanByBase(start, bases),
    devAtEnd: meanByBase(end, bases),
    gain: gain.estimate,
    low: gain.low,
    high: gain.high,
  };
}
