import { defineScheme } from '../../../config/scheme.ts';

/**
 * r ~ Bernoulli(0.5), whatever the completion says; otherwise GRPO. The control for what training does by itself: with one
 * update per batch its expected gradient is 0, with several the clip is biased towards what the policy already prefers.
 * Source: Spurious Rewards, arXiv 2506.10947.
 */
export const randomReward = defineScheme({
  name: 'random-reward',
  title: 'Random reward',
  source: 'Spurious Rewards, arXiv 2506.10947',
  rewards: [{ name: 'random', options: { probability: 0.5 } }],
});
