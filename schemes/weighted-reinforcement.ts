import { defineScheme } from '../spec/scheme.ts';

/** W-REINFORCE: A = +λ when correct, −1 when not, λ = 0.1. Source: arXiv 2506.01347. */
export const weightedReinforcement = defineScheme({
  name: 'weighted-reinforcement',
  title: 'W-REINFORCE (λ 0.1)',
  source: 'arXiv 2506.01347',
  rewards: [{ component: 'verifier' }],
  advantage: { baseline: 'none', scale: 'none', outcome: 'signed', positiveWeight: 0.1 },
  loss: { aggregation: 'dapo' },
});
