import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { type Table } from './table.ts';

/** What a condition's scheme rewarded, split by the true verdict, over all its training rollouts. */
export interface RewardTruthRow {
  readonly condition: string;
  readonly verdict: string;
  readonly rollouts: number;
  readonly share: number;
  readonly rewardMean: number;
}

/** The file; the page has a column for each verdict, which a list of columns cannot say. */
export const rewardTruthTable: Table<RewardTruthRow> = {
  file: 'reward-truth.csv',
  columns: [
    { name: 'condition', cell: (row) => row.condition },
    { name: 'verdict', cell: (row) => row.verdict },
    { name: 'rollouts', cell: (row) => row.rollouts },
    { name: 'share', cell: (row) => row.share },
    { name: 'reward_mean', cell: (row) => row.rewardMean },
  ],
};

/** Pools the runs of each condition, weighting by rollouts. */
export function tabulateRewardTruth(input: ComparisonInput): RewardTruthRow[] {
  const conditionOf = new Map(input.runs.map((run) => [run.id, run.condition]));
  const verdicts = ['correct', 'incorrect', 'malformed', 'unverifiable'];
  return input.conditions.flatMap(({ name }) => {
    const rows = input.rewardByVerdict.filter(({ runId }) => conditionOf.get(runId) === name);
    const total = rows.reduce((sum, row) => sum + row.rollouts, 0);
    return verdicts.flatMap((verdict) => {
      const own = rows.filter((row) => row.verdict === verdict);
      const rollouts = own.reduce((sum, row) => sum + row.rollouts, 0);
      if (rollouts === 0) return [];
      const rewardSum = own.reduce((sum, row) => sum + row.rollouts * row.rewardMean, 0);
      return [
        { condition: name, verdict, rollouts, share: rollouts / total, rewardMean: rewardSum / rollouts },
      ];
    });
  });
}
