import { defineScheme } from '../../../config/scheme.ts';

/**
 * GRPO. A_i = (r_i − mean of the group) / (std of the group + 1e-4), ddof 1; per token
 * −min(ρ·A, clip(ρ, 0.8, 1.2)·A) with ρ the policy over the behavior probability; mean over a rollout's tokens, then over
 * rollouts, so that each rollout weighs the same whatever its length. No KL term. Source: DeepSeekMath, arXiv 2402.03300.
 */
export const grpo = defineScheme({
  name: 'grpo',
  title: 'GRPO',
  source: 'DeepSeekMath, arXiv 2402.03300',
  rewards: ['verifier'],
});
