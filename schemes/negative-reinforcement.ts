import { defineScheme } from '../spec/scheme.ts';

/** NSR: A = −1 when incorrect, 0 otherwise: learns from incorrect samples only. Source: arXiv 2506.01347. */
export const negativeReinforcement = defineScheme({
  name: 'negative-reinforcement',
  title: 'Negative-only (NSR)',
  source: 'arXiv 2506.01347',
  rewards: [{ component: 'verifier' }],
  advantage: { baseline: 'none', scale: 'none', outcome: 'signed', positiveWeight: 0 },
  loss: { aggregation: 'dapo' },
});
