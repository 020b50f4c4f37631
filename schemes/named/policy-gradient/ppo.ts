import { defineScheme } from '../../../config/scheme.ts';

/**
 * PPO with a critic: delta_t = reward_t + V_{t+1} − V_t, A_t = delta_t + A_{t+1} (GAE with gamma = lambda = 1, the usual choice
 * for verifiable rewards), r on the last token; A whitened over all tokens of the batch; −min(ρ·A, clip(ρ, 0.8, 1.2)·A), token
 * sum over the tokens of the batch. The critic, a copy of the base with a score per token, learns A + V by the clipped
 * value loss ½ max((V − R)², (clip(V, V_old ± 0.5) − R)²) at ten times the policy's learning rate.
 * Source: arXiv 1707.06347; GAE: arXiv 1506.02438; defaults of the critic as in verl.
 */
export const ppo = defineScheme({
  name: 'ppo',
  title: 'PPO',
  source: 'PPO, arXiv 1707.06347; GAE, arXiv 1506.02438',
  rewards: ['verifier'],
  comparisons: [{ name: 'group', options: { baseline: 'none', scale: 'none' } }],
  credit: ['gae', 'whiten'],
  aggregation: 'dapo',
});
