import { defineScheme } from '../../../config/scheme.ts';

/**
 * PSR, positive sample reinforcement: A = +1 when correct, 0 when not, no baseline; clipped loss, mean over the batch's
 * tokens (those without advantage count in the divisor). Source: arXiv 2506.01347.
 */
export const positiveReinforcement = defineScheme({
  name: 'positive-reinforcement',
  title: 'Positive samples only (PSR)',
  source: 'The surprising effectiveness of negative reinforcement, arXiv 2506.01347',
  rewards: ['verifier'],
  comparisons: [{ name: 'signed', options: { negative: 0 } }],
  aggregation: 'dapo',
});
