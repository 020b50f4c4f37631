import { defineScheme } from '../spec/scheme.ts';

/**
 * Dr. GRPO: A = r − mean of the group, no division by its standard deviation nor by the completion's length; the token
 * sum is divided by N · maxNewTokens. Source: arXiv 2503.20783.
 */
export const drGrpo = defineScheme({
  name: 'dr-grpo',
  title: 'Dr. GRPO',
  source: 'arXiv 2503.20783',
  rewards: [{ component: 'verifier' }],
  advantage: { scale: 'none' },
  loss: { aggregation: 'dr_grpo' },
});
