import { passAtK } from '../../stats/pass-at-k/pass-at-k.ts';
import type { ComparisonInput, RunRecord, TemperatureCount } from '../comparison/comparison-input.ts';
import { estimateLevel } from '../comparison/estimate-level.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { formatScore } from '../text/format-number.ts';
import type { PlainTable } from './plain-table.ts';
import { INTERVAL_COLUMNS, SIZE_COLUMNS } from './table.ts';

/** pass@k on dev at one of the temperatures that a condition's final evaluation was chosen from. */
export interface TemperatureRow {
  readonly condition: string;
  readonly temperature: number;
  readonly k: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  /** Runs whose final evaluation has this temperature. */
  readonly chosenRuns: number;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
}

/** Counts of one run at one temperature, problems by id. */
interface RunAtTemperature {
  readonly run: RunRecord;
  readonly counts: readonly TemperatureCount[];
}

const byProblem = (a: TemperatureCount, b: TemperatureCount): number => (a.problemId < b.problemId ? -1 : 1);

/** Powers of two up to the fewest samples of a problem. */
function evaluatedKs(runs: readonly RunAtTemperature[]): number[] {
  const fewest = Math.min(...runs.flatMap(({ counts }) => counts.map(({ n }) => n)));
  return [1, 2, 4, 8, 16, 32, 64].filter((k) => k <= fewest);
}

function rowsAt(
  { condition, temperature }: { readonly condition: string; readonly temperature: number },
  runs: readonly RunAtTemperature[],
): TemperatureRow[] {
  const ks = evaluatedKs(runs);
  if (ks.length === 0) return [];
  const chosenRuns = runs.filter(({ counts }) => counts[0]!.isChosen).length;
  const bases = runs.map(({ run }) => run.baseSeed);
  return ks.map((k) => {
    // No problem has fewer than k samples, so none is undefined.
    const scores = runs.map(({ counts }) => counts.map((row) => passAtK(row, k)!));
    const { standardError: _, ...level } = estimateLevel(scores, bases);
    return { condition, temperature, k, ...level, chosenRuns };
  });
}

/** Runs whose problems are those of most are kept: a part of an evaluation would bias the mean. */
function tabulateTemperatures({ conditions, runs, temperatures }: ComparisonInput): TemperatureRow[] {
  const ofRun = groupRows(temperatures, ({ runId }) => runId);
  return conditions.flatMap(({ name: condition }) => {
    const own = runs.filter(
      (run) => run.condition === condition && run.status === 'completed' && ofRun.has(run.id),
    );
    const candidates = new Set(
      own.flatMap((run) => ofRun.get(run.id)!.map(({ temperature }) => temperature)),
    );
    return [...candidates]
      .sort((a, b) => a - b)
      .flatMap((temperature) => {
        const at = own.map((run) => ({
          run,
          counts: ofRun
            .get(run.id)!
            .filter((row) => row.temperature === temperature)
            .sort(byProblem),
        }));
        const most = Math.max(...at.map(({ counts }) => counts.length));
        const whole = at.filter(({ counts }) => counts.length === most);
        return rowsAt({ condition, temperature }, whole);
      });
  });
}

export const temperatureTable: PlainTable<TemperatureRow> = {
  file: 'temperatures.csv',
  id: 'temperatures',
  title: 'Temperatures',
  heading: '## pass@k on dev by temperature',
  lead:
    'Where the temperature of a final evaluation was chosen, this is what it was chosen from. A lower one makes the likeliest answer ' +
    'likelier, which training does as well.',
  caption: 'pass@k on dev at each temperature, mean and 95% interval',
  note: 'Each run takes the temperature with its highest pass@1 on dev, of equal ones the higher. All temperatures draw the same random numbers.',
  columns: [
    { name: 'condition', title: 'condition', cell: (row) => row.condition },
    { name: 'temperature', title: 'temperature', kind: 'number', cell: (row) => row.temperature },
    { name: 'k', title: 'k', kind: 'number', cell: (row) => row.k },
    { name: 'mean', title: 'pass@k', kind: 'number', format: formatScore, cell: (row) => row.mean },
    ...INTERVAL_COLUMNS,
    {
      title: '95% interval',
      kind: 'number',
      cell: ({ low, high }) => `${formatScore(low)}–${formatScore(high)}`,
    },
    { name: 'chosen_runs', cell: (row) => row.chosenRuns },
    { title: 'chosen by', kind: 'number', cell: (row) => `${row.chosenRuns} of ${row.seeds} runs` },
    ...SIZE_COLUMNS,
  ],
  tabulate: ({ input }) => tabulateTemperatures(input),
};
