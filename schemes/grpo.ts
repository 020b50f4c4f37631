import { defineScheme } from '../spec/scheme.ts';

/**
 * GRPO: A = (r − mean of the group) / (std of the group + 1e-4), clipped surrogate, each rollout weighted equally.
 * Source: DeepSeekMath, arXiv 2402.03300.
 */
export const grpo = defineScheme({
  name: 'grpo',
  title: 'GRPO',
  source: 'arXiv 2402.03300',
  rewards: [{ component: 'verifier' }],
});
