import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** As `latent-strategy`, with a sloppy format of the scratchpad's length, so that no reward can prefer it for being short. */
export const latentStrategyEqualLength = {
  name: 'latent-strategy-equal-length',
  purpose: 'As latent-strategy, but both formats have the same length, so that length does not confound.',
  task: { ...latentStrategy.task, formats: ['scratchpad', 'padded-direct'] },
  recipe: {
    ...latentStrategy.recipe,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { scratchpad: 0.4, 'padded-direct': 0.6 } } },
    ],
  },
} as const satisfies DeclaredBase;
