import { defineScheme } from '../../../config/scheme.ts';

/**
 * NSR, negative sample reinforcement: A = −1 when not correct, 0 when correct, no baseline; clipped loss, mean over the
 * batch's tokens (those without advantage count in the divisor). Mass taken from a wrong token goes to the others in
 * proportion to their probability. Source: arXiv 2506.01347.
 */
export const negativeReinforcement = defineScheme({
  name: 'negative-reinforcement',
  title: 'Negative samples only (NSR)',
  source: 'The surprising effectiveness of negative reinforcement, arXiv 2506.01347',
  rewards: ['verifier'],
  comparisons: [{ name: 'signed', options: { positive: 0 } }],
  aggregation: 'dapo',
});
