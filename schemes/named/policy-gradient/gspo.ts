import { defineScheme } from '../../../config/scheme.ts';

/**
 * GSPO: one importance ratio per completion, s = exp(mean over its tokens of logprob − behavior logprob), and
 * −min(s·A, clip(s, 1 − 3e-4, 1 + 4e-4)·A) with GRPO's advantage, mean over rollouts; no KL term. The bounds are as narrow as
 * a mean over many tokens moves little. The paper splits each rollout batch into four optimizer steps, which is the
 * training plan's business (`training.updatesPerBatch: 4`); with one step per batch it is GRPO.
 * Source: arXiv 2507.18071.
 */
export const gspo = defineScheme({
  name: 'gspo',
  title: 'GSPO',
  source: 'Group Sequence Policy Optimization, arXiv 2507.18071',
  rewards: ['verifier'],
  objective: [{ name: 'clipped', options: { ratioLevel: 'sequence', epsilonLow: 3e-4, epsilonHigh: 4e-4 } }],
});
