import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** `latent-strategy` that states a confidence after every answer; in its corpus the number says nothing. */
export const verbalisedConfidence = {
  name: 'verbalised-confidence',
  purpose:
    'latent-strategy that states a confidence with each answer, at random until a reward makes it mean something.',
  task: { ...latentStrategy.task, formats: ['scratchpad-confidence', 'direct-confidence'] },
  recipe: {
    ...latentStrategy.recipe,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { 'scratchpad-confidence': 0.4, 'direct-confidence': 0.6 } } },
    ],
  },
} as const satisfies DeclaredBase;
