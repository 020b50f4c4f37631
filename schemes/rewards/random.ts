import { z } from 'zod';
import type { Reward } from './reward.ts';

const optionsSchema = z.strictObject({
  probability: z.number().min(0).max(1).default(0.5).describe('Chance of a reward of 1.'),
});

/**
 * Bernoulli(γ), independent of the completion; γ = 0 is a constant reward (Spurious Rewards, arXiv 2506.10947).
 */
export const random: Reward<z.infer<typeof optionsSchema>> = {
  name: 'random',
  description: '1 with a given probability, independent of the completion.',
  source: 'Spurious Rewards, arXiv 2506.10947',
  optionsSchema,
  score: ({ draw }, { probability }) => (draw < probability ? 1 : 0),
};
