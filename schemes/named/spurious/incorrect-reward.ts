import { defineScheme } from '../../../config/scheme.ts';

/**
 * r = 1 for the base model's majority answer where that answer is wrong; prompts whose majority is right teach nothing (the
 * paper leaves them out of the data, so its batches are full); otherwise GRPO. Every rewarded answer is a wrong one.
 * Source: Spurious Rewards, arXiv 2506.10947.
 */
export const incorrectReward = defineScheme({
  name: 'incorrect-reward',
  title: 'Wrong majority answer of the base',
  source: 'Spurious Rewards, arXiv 2506.10947',
  rewards: [{ name: 'majority', options: { of: 'base', onlyWrong: true } }],
});
