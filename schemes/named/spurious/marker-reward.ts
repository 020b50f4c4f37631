import { defineScheme } from '../../../config/scheme.ts';

/**
 * r = 1 when the completion shows the marker of a strategy (a scratchpad's opening bracket unless told), whatever it
 * answers; otherwise GRPO. What "python" is to the paper: it asks whether the strategy alone carries the gain, and helps
 * only a base whose strategy is accurate. Source: Spurious Rewards, arXiv 2506.10947.
 */
export const markerReward = defineScheme({
  name: 'marker-reward',
  title: 'Strategy marker',
  source: 'Spurious Rewards, arXiv 2506.10947',
  rewards: ['marker'],
});
