import { defineScheme } from '../../../config/scheme.ts';

/**
 * W-REINFORCE: A = +λ when correct, −1 when not, λ = 0.1, no baseline; clipped loss, mean over the batch's tokens. λ = 0
 * is NSR, λ = 1 the clipped form of REINFORCE. Source: arXiv 2506.01347.
 */
export const weightedReinforcement = defineScheme({
  name: 'weighted-reinforcement',
  title: 'W-REINFORCE (λ = 0.1)',
  source: 'The surprising effectiveness of negative reinforcement, arXiv 2506.01347',
  rewards: ['verifier'],
  comparisons: [{ name: 'signed', options: { positive: 0.1 } }],
  aggregation: 'dapo',
});
