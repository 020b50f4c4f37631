import type { SpendingUnit } from '../../config/budget.ts';
import type { ConditionRecord } from '../comparison/comparison-input.ts';
import { groupRows } from '../comparison/group-rows.ts';
import { stemOf } from '../comparison/plan-comparisons.ts';
import { trainingRows, type ComputeRow } from './compute-table.ts';
import type { RankingRow } from './ranking-table.ts';

/** Where an arm of a crossed matrix stands after it has spent so much. */
export interface SpendingPoint {
  /** The arm's name without its cell. */
  readonly arm: string;
  readonly condition: string;
  /** Mean over runs, those that they take from included; more than 0. */
  readonly spent: number;
  /** pass@1 on the split that a report leads with, and its 95 % interval. */
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

/** What a unit is called, in the order in which panels stand. */
export const spendingPanels = [
  { unit: 'labels', title: 'labels' },
  { unit: 'sampled-tokens', title: 'sampled tokens' },
  { unit: 'flops', title: 'FLOPs' },
] as const satisfies readonly { readonly unit: SpendingUnit; readonly title: string }[];

const amountOf: Record<SpendingUnit, (row: ComputeRow) => number> = {
  labels: ({ labels }) => labels,
  'sampled-tokens': ({ tokens }) => tokens,
  flops: ({ flops }) => flops,
};

/** How long an arm trains, and which runs of its own cell it takes from. */
const OF_AMOUNT = /^(training\.(steps|promptsPerStep|groupSize|pool|budget)(\.|$)|models\.|data\.run$)/;

/** What says of a condition what is done, however much of it. */
function kindOf({ settings, schemeName }: ConditionRecord): string {
  const kept = Object.entries(settings).filter(([key]) => !OF_AMOUNT.test(key));
  return JSON.stringify([schemeName, kept]);
}

/**
 * The arms that several cells of a matrix hold alike but for how much they train, point by point in the order of what they spent;
 * arms that spent none of the unit, or as much everywhere, have no curve.
 */
export function tabulateSpending(
  unit: SpendingUnit,
  conditions: readonly ConditionRecord[],
  { ranking, compute }: { readonly ranking: readonly RankingRow[]; readonly compute: readonly ComputeRow[] },
): SpendingPoint[] {
  const spent = new Map(trainingRows(compute).map((row) => [row.condition, amountOf[unit](row)]));
  return [...groupRows(conditions, ({ name }) => stemOf(name)).values()].flatMap((cells) => {
    if (new Set(cells.map(kindOf)).size > 1) return [];
    const points = cells.flatMap(({ name }): SpendingPoint[] => {
      const row = ranking.find(({ condition }) => condition === name);
      const amount = spent.get(name) ?? 0;
      if (row === undefined || amount <= 0) return [];
      const { level, low, high } = row;
      return [{ arm: stemOf(name), condition: name, spent: amount, level, low, high }];
    });
    const isCurve = new Set(points.map((point) => point.spent)).size > 1;
    return isCurve ? points.toSorted((a, b) => a.spent - b.spent) : [];
  });
}
