import { defineScheme } from '../spec/scheme.ts';

/**
 * RLOO: A = r − mean of the other rollouts of the group, sequence-level REINFORCE (token sum per rollout, mean over
 * rollouts), clipped when off-policy. Source: arXiv 2402.14740.
 */
export const rloo = defineScheme({
  name: 'rloo',
  title: 'RLOO',
  source: 'arXiv 2402.14740',
  rewards: [{ component: 'verifier' }],
  advantage: { baseline: 'leave-one-out', scale: 'none' },
  loss: { aggregation: 'sequence-sum' },
});
