import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/**
 * `latent-strategy` with more facts, the most frequent of which occur sixteen times as often as the rarest: recall is neither at the
 * ceiling nor at the floor, so that it can be lost and gained.
 */
export const partialKnowledge = {
  name: 'partial-knowledge',
  purpose: 'latent-strategy that recalls part of its facts: knowledge can fall, and rise.',
  task: latentStrategy.task,
  recipe: {
    ...latentStrategy.recipe,
    sources: [
      { name: 'facts', share: 0.1, options: { count: 400, spread: 16 } },
      { name: 'solutions', options: { formats: { scratchpad: 0.4, direct: 0.6 } } },
    ],
  },
  gates: [
    {
      name: 'partial-recall',
      reason: 'At the ceiling nothing can be gained, and near the floor nothing lost.',
      measure: { of: 'pass@k', k: 1, split: 'knowledge' },
      atLeast: 0.5,
      atMost: 0.9,
    },
    {
      name: 'accurate-format',
      reason: 'RL has a strategy to elicit while recall is watched.',
      measure: { of: 'format-accuracy', format: 'scratchpad' },
      atLeast: 0.6,
    },
  ],
} as const satisfies DeclaredBase;
