import { defineScheme } from '../../../config/scheme.ts';

/**
 * A = 0 for every rollout, so the entropy bonus is the whole gradient: −0.001 · mean entropy of the tokens. The arm of
 * One-Shot RLVR that learns without any reward (arXiv 2504.20571); the verifier's reward is recorded and never used. AdamW
 * divides by the size of the gradient, so the weight hardly matters here and the number of steps does: keep it small.
 */
export const entropyOnly = defineScheme({
  name: 'entropy-only',
  title: 'Entropy bonus alone',
  source: 'One-shot RLVR, arXiv 2504.20571',
  rewards: ['verifier'],
  comparisons: [{ name: 'signed', options: { positive: 0, negative: 0 } }],
  objective: ['clipped', { name: 'entropy', weight: 0.001 }],
});
