import { defineScheme } from '../spec/scheme.ts';

/**
 * Bernoulli(0.5) instead of the verifier, otherwise GRPO: what training does when the reward says nothing.
 * Source: Spurious Rewards, arXiv 2506.10947.
 */
export const randomReward = defineScheme({
  name: 'random-reward',
  title: 'Random reward',
  source: 'arXiv 2506.10947',
  rewards: [{ component: 'random', options: { probability: 0.5 } }],
});
