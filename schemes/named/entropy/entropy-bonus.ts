import { defineScheme } from '../../../config/scheme.ts';

/**
 * GRPO minus 0.001 · mean entropy of the tokens. The plain remedy against entropy collapse that arXiv
 * 2505.22617 compares with, at several weights; 0.001 is that of One-Shot RLVR, arXiv 2504.20571. Control: grpo.
 */
export const entropyBonus = defineScheme({
  name: 'entropy-bonus',
  title: 'Entropy bonus',
  source: 'The entropy mechanism of RL, arXiv 2505.22617, section 4 (baseline)',
  rewards: ['verifier'],
  objective: ['clipped', { name: 'entropy', weight: 0.001 }],
});
