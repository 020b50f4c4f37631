import type { ComparisonInput, EvaluationCount } from './comparison-input.ts';
import { planComparisons } from './plan-comparisons.ts';
import type { FinalCounts } from './final-counts.ts';

/** A condition's and the baseline's final evaluation of one split, by the runs of base and seed that both have. */
export interface PairedFinals {
  readonly condition: string;
  readonly reference: string;
  readonly split: string;
  readonly problemIds: readonly string[];
  /** after[run][problem] of the condition; before[run][problem] of the baseline: same bases, seeds and problems. */
  readonly after: readonly (readonly EvaluationCount[])[];
  readonly before: readonly (readonly EvaluationCount[])[];
  /** Base seed of each run. */
  readonly bases: readonly number[];
}

/** Each condition beside the baseline on each split; a pair without a common run, or with other problems, is left out. */
export function pairWithBaseline(input: ComparisonInput, finals: readonly FinalCounts[]): PairedFinals[] {
  const splits = [...new Set(finals.map(({ split }) => split))];
  const find = (condition: string, split: string): FinalCounts | undefined =>
    finals.find((final) => final.condition === condition && final.split === split);
  return planComparisons(input)
    .filter(({ kind }) => kind === 'baseline')
    .flatMap(({ condition, reference }) =>
      splits.flatMap((split) => {
        const after = find(condition, split);
        const before = find(reference, split);
        if (after === undefined || before === undefined) return [];
        return pairRuns(after, before, { condition, reference, split });
      }),
    );
}

function pairRuns(
  after: FinalCounts,
  before: FinalCounts,
  names: Pick<PairedFinals, 'condition' | 'reference' | 'split'>,
): PairedFinals[] {
  const hasSameProblems = JSON.stringify(after.problemIds) === JSON.stringify(before.problemIds);
  if (!hasSameProblems) return [];
  const rows = after.seeds.flatMap((seed, row) => {
    const base = after.bases[row]!;
    const twin = before.seeds.findIndex((other, i) => other === seed && before.bases[i] === base);
    return twin < 0 ? [] : [{ base, after: after.counts[row]!, before: before.counts[twin]! }];
  });
  if (rows.length === 0) return [];
  return [
    {
      ...names,
      problemIds: after.problemIds,
      after: rows.map((row) => row.after),
      before: rows.map((row) => row.before),
      bases: rows.map(({ base }) => base),
    },
  ];
}
