import { defineScheme } from '../../../config/scheme.ts';

/**
 * KL-Cov. GRPO without its clip: −ρ·A, and + 1·|logprob − behavior logprob| on the share 0.002 of the
 * tokens of highest (A − mean A)·(logprob − mean logprob), at least one. Before a batch's first update the logprobs are
 * equal and the penalty has no gradient: it needs several updates per batch. Source: arXiv 2505.22617, section 4
 * (`kl_cov_ratio` and `ppo_kl_coef` in verl); there the loss is a token mean (aggregation dapo). Controls: grpo, and grpo
 * with objective unclipped.
 */
export const klCov = defineScheme({
  name: 'kl-cov',
  title: 'KL-Cov',
  source: 'The entropy mechanism of RL, arXiv 2505.22617',
  rewards: ['verifier'],
  credit: ['spread', { name: 'kl-cov', options: { share: 0.002, penalty: 1 } }],
  objective: ['unclipped'],
});
