import { defineScheme } from '../spec/scheme.ts';

/** PSR: A = +1 when correct, 0 otherwise: learns from correct samples only. Source: arXiv 2506.01347. */
export const positiveReinforcement = defineScheme({
  name: 'positive-reinforcement',
  title: 'Positive-only (PSR)',
  source: 'arXiv 2506.01347',
  rewards: [{ component: 'verifier' }],
  advantage: { baseline: 'none', scale: 'none', outcome: 'signed', negativeWeight: 0 },
  loss: { aggregation: 'dapo' },
});
