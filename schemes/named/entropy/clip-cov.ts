import { defineScheme } from '../../../config/scheme.ts';

/**
 * Clip-Cov. GRPO, but of the tokens with (A − mean A)·(logprob − mean logprob) in (1, 5) that
 * the clip has not silenced, max(1, ⌊0.0002 · tokens of the optimizer batch⌋) drawn at random lose their gradient. Means and
 * logprobs are those of the policy before the optimizer step. Source: arXiv 2505.22617, section 4 (`clip_cov_ratio` and its
 * bounds in verl); there the loss is a token mean (aggregation dapo). Control: grpo.
 */
export const clipCov = defineScheme({
  name: 'clip-cov',
  title: 'Clip-Cov',
  source: 'The entropy mechanism of RL, arXiv 2505.22617',
  rewards: ['verifier'],
  credit: ['spread', { name: 'clip-cov', options: { share: 0.0002 } }],
});
