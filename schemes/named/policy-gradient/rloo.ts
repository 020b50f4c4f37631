import { defineScheme } from '../../../config/scheme.ts';

/**
 * RLOO. A_i = r_i − mean of the other rollouts' rewards of the group = G/(G − 1) · (r_i − mean of the group), unscaled;
 * sequence-level loss: −A · Σ over tokens, mean over rollouts, with PPO's clip when off-policy. No KL in the reward.
 * Source: Back to Basics, arXiv 2402.14740.
 */
export const rloo = defineScheme({
  name: 'rloo',
  title: 'RLOO',
  source: 'Back to Basics, arXiv 2402.14740',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { baseline: 'others', scale: 'none' } }],
  aggregation: 'sequence-sum',
});
