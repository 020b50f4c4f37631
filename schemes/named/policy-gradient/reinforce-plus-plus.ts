import { defineScheme } from '../../../config/scheme.ts';

/**
 * REINFORCE++: no group and no critic. Per token a reward of −0.001 · (behavior − reference logprob), on the last token also
 * r; R_t = reward_t + R_{t+1}; A = (R − mean) / std over all tokens of the batch; −min(ρ·A, clip(ρ, 0.8, 1.2)·A), token sum
 * over the tokens of the batch. The baseline is thus the batch's mean, in which long rollouts weigh more. The weight of
 * the KL is not the paper's (it depends on the model) but that of other schemes with a KL here.
 * Source: arXiv 2501.03262; token arithmetic as in verl.
 */
export const reinforcePlusPlus = defineScheme({
  name: 'reinforce-plus-plus',
  title: 'REINFORCE++',
  source: 'REINFORCE++, arXiv 2501.03262',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { baseline: 'none', scale: 'none' } }],
  credit: [{ name: 'return', options: { klInReward: 0.001 } }, 'whiten'],
  aggregation: 'dapo',
});
