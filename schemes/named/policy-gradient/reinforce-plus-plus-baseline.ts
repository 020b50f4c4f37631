import { defineScheme } from '../../../config/scheme.ts';

/**
 * REINFORCE++ with a group baseline: r − mean of the group for every token of a rollout, then (A − mean) / std over all
 * tokens of the batch instead of the group's deviation, so that easy and hard prompts are scaled alike;
 * −min(ρ·A, clip(ρ, 0.8, 1.2)·A), token sum over the tokens of the batch. No KL in the reward.
 * Source: arXiv 2501.03262, as in verl.
 */
export const reinforcePlusPlusBaseline = defineScheme({
  name: 'reinforce-plus-plus-baseline',
  title: 'REINFORCE++ with baseline',
  source: 'REINFORCE++, arXiv 2501.03262 (group baseline)',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { scale: 'none' } }],
  credit: ['spread', 'whiten'],
  aggregation: 'dapo',
});
