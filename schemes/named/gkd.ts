import { defineScheme } from '../../config/scheme.ts';

/**
 * Generalized knowledge distillation on the policy's own samples: at every token that the policy wrote, the Jensen–Shannon divergence
 * (β = .5) from the teacher over the whole vocabulary; mean over the tokens of the batch. Nothing is credited and no label looked at;
 * the verifier has weight 0, as in on-policy-distillation, whose gradient has the same mean at `beta` 1 and more noise.
 */
export const gkd = defineScheme({
  name: 'gkd',
  title: 'GKD',
  source: 'GKD, arXiv 2306.13649',
  rewards: [{ name: 'verifier', weight: 0 }],
  comparisons: [{ name: 'group', options: { baseline: 'none', scale: 'none' } }],
  objective: ['divergence'],
  aggregation: 'dapo',
});
