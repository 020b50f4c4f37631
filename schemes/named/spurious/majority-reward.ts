import { defineScheme } from '../../../config/scheme.ts';

/**
 * r = 1 for the answer that the base model gives most often to the problem (majority of its stored samples, taken once
 * before training), right or wrong; otherwise GRPO. No label is read. Source: Spurious Rewards, arXiv 2506.10947.
 */
export const majorityReward = defineScheme({
  name: 'majority-reward',
  title: 'Majority answer of the base',
  source: 'Spurious Rewards, arXiv 2506.10947',
  rewards: [{ name: 'majority', options: { of: 'base' } }],
});
