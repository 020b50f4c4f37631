import type { ComparisonInput, EvaluationCount, RunRecord } from './comparison-input.ts';
import { groupRows } from './group-rows.ts';

/** A condition's final evaluation of one split: the same problems for every run. */
export interface FinalCounts {
  readonly condition: string;
  readonly split: string;
  readonly problemIds: readonly string[];
  /** counts[run][problem], runs by base and seed */
  readonly counts: readonly (readonly EvaluationCount[])[];
  readonly seeds: readonly number[];
  /** Base seed of each row of `counts`. */
  readonly bases: readonly number[];
  /** Cluster of each problem; absent where none is known to be like another. */
  readonly clusters?: readonly number[];
}

/** A run that is left out of the comparison, and why. */
export interface ExcludedRun {
  readonly run: RunRecord;
  readonly reason: string;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Splits in the order people read them, others after by name; `dev` belongs to selection and is last. */
export function compareSplits(a: string, b: string): number {
  const order = ['clean', 'contaminated', 'harder', 'knowledge'];
  const rank = (split: string): number =>
    split === 'dev' ? 99 : order.includes(split) ? order.indexOf(split) : 50;
  return rank(a) - rank(b) || byText(a, b);
}

/**
 * The final evaluations as full run × problem rectangles per condition and split, and the runs left out: those not
 * completed, and those whose problems differ from the other runs' (a partial evaluation would bias the mean).
 */
export function collectFinalCounts(input: ComparisonInput): {
  finals: FinalCounts[];
  excluded: ExcludedRun[];
} {
  const excluded: ExcludedRun[] = input.runs
    .filter((run) => run.status !== 'completed')
    .map((run) => ({
      run,
      reason: run.failure === null ? `is ${run.status}` : `is ${run.status}: ${run.failure}`,
    }));
  const rowsOf = groupRows(input.evaluations, (row) => row.runId);
  const splits = [...new Set(input.evaluations.map((row) => row.split))]
    .filter((split) => split !== 'dev')
    .sort(compareSplits);
  const finals = input.conditions.flatMap((condition) => {
    const runs = input.runs
      .filter((run) => run.condition === condition.name && run.status === 'completed')
      .sort((a, b) => a.baseSeed - b.baseSeed || a.seed - b.seed);
    return splits.flatMap((split) => {
      const evaluated = runs.map((run) => ({ run, rows: finalRows(rowsOf.get(run.id) ?? [], split) }));
      const found = toRectangle(condition.name, split, evaluated);
      excluded.push(...found.excluded);
      return found.final === null ? [] : [found.final];
    });
  });
  return { finals, excluded };
}

interface EvaluatedRun {
  readonly run: RunRecord;
  readonly rows: ReadonlyMap<string, EvaluationCount>;
}

function toRectangle(
  condition: string,
  split: string,
  evaluated: readonly EvaluatedRun[],
): { final: FinalCounts | null; excluded: ExcludedRun[] } {
  const problemIds = [...new Set(evaluated.flatMap(({ rows }) => [...rows.keys()]))].sort(byText);
  if (problemIds.length === 0) return { final: null, excluded: [] };
  const full = evaluated.filter(({ rows }) => rows.size === problemIds.length);
  const excluded = evaluated
    .filter((entry) => !full.includes(entry))
    .map(({ run, rows }) => ({
      run,
      reason: `has ${rows.size} of ${problemIds.length} problems of split ${split}`,
    }));
  if (full.length === 0) return { final: null, excluded };
  const counts = full.map(({ rows }) => problemIds.map((id) => rows.get(id)!));
  const clusters = numberClusters(counts[0]!);
  return {
    final: {
      condition,
      split,
      problemIds,
      counts,
      seeds: full.map(({ run }) => run.seed),
      bases: full.map(({ run }) => run.baseSeed),
      ...(clusters === null ? {} : { clusters }),
    },
    excluded,
  };
}

/** The clusters as numbers, a problem without one as a cluster of its own; null where no problem has one. */
function numberClusters(rows: readonly EvaluationCount[]): number[] | null {
  if (rows.every(({ cluster }) => cluster === undefined)) return null;
  const numbers = new Map<string, number>();
  return rows.map(({ cluster, problemId }) => {
    const key = cluster === undefined ? `problem/${problemId}` : `cluster/${cluster}`;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key)!;
  });
}

/** A run's rows of a split at its last evaluated step, by problem. */
function finalRows(rows: readonly EvaluationCount[], split: string): Map<string, EvaluationCount> {
  const own = rows.filter((row) => row.split === split);
  const last = own.reduce((step, row) => Math.max(step, row.step), -1);
  return new Map(own.filter((row) => row.step === last).map((row) => [row.problemId, row]));
}
