import { defineScheme } from '../../../config/scheme.ts';

/**
 * GRPO with an entropy bonus of weight c in steps whose rollouts have entropy H ≤ 0.2 nats and none in the
 * others; c starts at 0 and moves by +0.005 after a step with the bonus, by −0.005 after one without, within [0, 1]. c is
 * part of the training state. Source: Skywork-OR1, arXiv 2505.22312. Controls: grpo, entropy-bonus.
 */
export const adaptiveEntropyBonus = defineScheme({
  name: 'adaptive-entropy-bonus',
  title: 'Adaptive entropy bonus',
  source: 'Skywork-OR1, arXiv 2505.22312',
  rewards: ['verifier'],
  objective: ['clipped', { name: 'entropy', weight: 0, options: { target: 0.2, step: 0.005 } }],
});
