import { mean } from '../../stats/intervals/aggregate-scores.ts';
import { fitEntropyLaw, type EntropyLaw } from '../../stats/measures/entropy-law.ts';
import type { ComparisonInput, MetricPoint } from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { formatScore } from '../text/format-number.ts';
import type { PlainTable } from './plain-table.ts';

/** R = −a·e^H + b over the training steps of each run, and the mean over the runs that determine it. */
export interface EntropyLawRow {
  readonly condition: string;
  readonly runs: number;
  /** Steps of all runs together. */
  readonly points: number;
  /** Nats. */
  readonly entropyLow: number;
  readonly entropyHigh: number;
  readonly a: number;
  readonly b: number;
  /** −a + b: what the law says of entropy 0; mean, lowest and highest over runs. */
  readonly ceiling: number;
  readonly ceilingLow: number;
  readonly ceilingHigh: number;
  /** Mean over the runs whose R varies; null where none's does. */
  readonly rSquared: number | null;
}

const ENTROPY = 'rollout/entropy_nats';
const ACCURACY = 'verdict/correct';

interface FittedRun {
  readonly law: EntropyLaw;
  readonly entropies: readonly number[];
}

function fitRun(points: readonly MetricPoint[]): FittedRun[] {
  const valuesOf = (name: string): Map<number, number> =>
    new Map(points.filter((point) => point.name === name).map(({ step, value }) => [step, value]));
  const accuracies = valuesOf(ACCURACY);
  const pairs = [...valuesOf(ENTROPY)].filter(([step]) => accuracies.has(step));
  if (pairs.length === 0) return [];
  const entropies = pairs.map(([, entropy]) => entropy);
  const law = fitEntropyLaw(
    entropies,
    pairs.map(([step]) => accuracies.get(step)!),
  );
  return law === null ? [] : [{ law, entropies }];
}

/** One row per condition with a completed run whose steps recorded entropies that differ. */
function tabulateEntropyLaw(input: ComparisonInput): EntropyLawRow[] {
  const pointsOf = groupRows(
    input.metrics.filter(({ name }) => name === ENTROPY || name === ACCURACY),
    ({ runId }) => runId,
  );
  return input.conditions.flatMap(({ name }) => {
    const fitted = input.runs
      .filter(({ condition, status }) => condition === name && status === 'completed')
      .flatMap(({ id }) => fitRun(pointsOf.get(id) ?? []));
    if (fitted.length === 0) return [];
    const laws = fitted.map(({ law }) => law);
    const entropies = fitted.flatMap((run) => run.entropies);
    const ceilings = laws.map(({ ceiling }) => ceiling);
    const explained = laws.flatMap(({ rSquared }) => (rSquared === null ? [] : [rSquared]));
    return [
      {
        condition: name,
        runs: fitted.length,
        points: entropies.length,
        entropyLow: Math.min(...entropies),
        entropyHigh: Math.max(...entropies),
        a: mean(laws.map(({ a }) => a)),
        b: mean(laws.map(({ b }) => b)),
        ceiling: mean(ceilings),
        ceilingLow: Math.min(...ceilings),
        ceilingHigh: Math.max(...ceilings),
        rSquared: explained.length === 0 ? null : mean(explained),
      },
    ];
  });
}

const formatRange = (low: number, high: number): string => `${formatScore(low)} to ${formatScore(high)}`;

export const entropyLawTable: PlainTable<EntropyLawRow> = {
  file: 'entropy-law.csv',
  id: 'entropy-law',
  title: 'Entropy law',
  heading: '## Entropy law',
  lead:
    'What a run pays in entropy for accuracy, R = −a·e^H + b, and the accuracy at which it would have none left. A scheme that truly keeps ' +
    'entropy for more has a higher ceiling, not a lower place on the same curve.',
  caption:
    'Least squares over the training steps of each run: entropy H of the rollouts in nats, share R of them that is right; means over runs',
  note:
    'The ceiling −a + b is an extrapolation to entropy 0, with its lowest and highest run below; far from the entropies seen, or with a ' +
    'small R², it says little. R is training accuracy, so it can be compared only between conditions with the same training problems.',
  tabulate: ({ input }) => tabulateEntropyLaw(input),
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'runs', title: 'runs', kind: 'number', cell: (row) => row.runs },
    { name: 'points', title: 'steps', summary: null, kind: 'number', cell: (row) => row.points },
    { name: 'entropy_low', cell: (row) => row.entropyLow },
    { name: 'entropy_high', cell: (row) => row.entropyHigh },
    {
      title: 'entropies seen',
      kind: 'number',
      cell: ({ entropyLow, entropyHigh }) => formatRange(entropyLow, entropyHigh),
    },
    { name: 'a', title: 'a', kind: 'number', format: formatScore, cell: (row) => row.a },
    { name: 'b', title: 'b', kind: 'number', format: formatScore, cell: (row) => row.b },
    {
      name: 'ceiling',
      title: 'ceiling',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.ceiling,
      below: ({ ceilingLow, ceilingHigh }) => formatRange(ceilingLow, ceilingHigh),
    },
    { name: 'ceiling_low', cell: (row) => row.ceilingLow },
    { name: 'ceiling_high', cell: (row) => row.ceilingHigh },
    {
      name: 'r_squared',
      title: 'R²',
      kind: 'number',
      format: formatScore,
      cell: (row) => row.rSquared,
    },
  ],
};
