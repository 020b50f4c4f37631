import { defineScheme } from '../spec/scheme.ts';

/**
 * REINFORCE with signed outcomes: A = +1 when correct, −1 when not, no baseline, score-function gradient.
 * Source: Williams 1992; the signed form as in arXiv 2506.01347, section 2.
 */
export const reinforce = defineScheme({
  name: 'reinforce',
  title: 'REINFORCE',
  source: 'Williams 1992; arXiv 2506.01347',
  rewards: [{ component: 'verifier' }],
  advantage: { baseline: 'none', scale: 'none', outcome: 'signed' },
  loss: { objective: 'reinforce' },
});
