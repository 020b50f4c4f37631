import type { OptimizerPlan } from '../../config/training.ts';
import type { AdamwOptions } from './adamw.ts';

/** The part of a plan that AdamW reads at every step; the rest is its learning-rate schedule. */
export function toAdamwOptions(plan: OptimizerPlan): AdamwOptions {
  const { beta1, beta2, epsilon, weightDecay, maxGradientNorm } = plan;
  return { betas: [beta1, beta2], epsilon, weightDecay, maxGradientNorm };
}
