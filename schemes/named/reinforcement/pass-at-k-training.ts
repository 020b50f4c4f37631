import { defineScheme } from '../../../config/scheme.ts';

/**
 * Pass@k training: sets of k rollouts are rewarded by their best member. In closed form, with c of N correct and
 * R̄ = 1 − C(N − c, k)/C(N, k), sd = √(R̄(1 − R̄)): A(correct) = (1 − R̄)/sd, A(wrong) = (1 − R̄ − C(N − c − 1, k − 1)/
 * C(N − 1, k − 1))/sd; clipped loss as GRPO. Easy prompts weigh little, hard ones much. k = 2 is a quarter of the default
 * group; raise it with the group. Source: arXiv 2508.10751.
 */
export const passAtKTraining = defineScheme({
  name: 'pass-at-k-training',
  title: 'Pass@k training',
  source: 'Pass@k training, arXiv 2508.10751',
  rewards: ['verifier'],
  comparisons: [{ name: 'pass-at-k', options: { k: 2 } }],
});
