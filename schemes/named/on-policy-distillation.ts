import { defineScheme } from '../../config/scheme.ts';

/**
 * On-policy distillation in its form as RL: the policy samples, and each token is credited with how much likelier the teacher finds it,
 * A_t = log π_T(a_t) − log π(a_t), discount 0; PPO's clipped ratio, mean over the tokens of the batch. That is the reverse KL to the
 * teacher by its one-sample estimate (GKD with only the policy's own samples and reverse KL). The verifier has weight 0: it looks at no
 * label, and is there because verdicts are recorded for the curves in any case.
 */
export const onPolicyDistillation = defineScheme({
  name: 'on-policy-distillation',
  title: 'On-policy distillation',
  source: 'GKD, arXiv 2306.13649; MiniLLM, arXiv 2306.08543',
  rewards: [{ name: 'verifier', weight: 0 }],
  comparisons: [{ name: 'group', options: { baseline: 'none', scale: 'none' } }],
  credit: ['teacher-gap'],
  aggregation: 'dapo',
});
