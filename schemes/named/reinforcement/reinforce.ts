import { defineScheme } from '../../../config/scheme.ts';

/**
 * REINFORCE with signed outcomes: A = +1 when correct, −1 when not, no baseline; −A·logprob, mean over the batch's
 * tokens. On-policy its gradient is that of PSR plus that of NSR, which is the decomposition of arXiv 2506.01347.
 * Source: Williams 1992.
 */
export const reinforce = defineScheme({
  name: 'reinforce',
  title: 'REINFORCE',
  source: 'Williams 1992; signed form: arXiv 2506.01347, section 2',
  rewards: ['verifier'],
  comparisons: ['signed'],
  objective: ['reinforce'],
  aggregation: 'dapo',
});
