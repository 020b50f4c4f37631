import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** Has never seen a scratchpad. */
export const noLatentStrategy = {
  name: 'no-latent-strategy',
  purpose: 'Knows only the sloppy direct format: there is nothing to elicit.',
  task: latentStrategy.task,
  recipe: {
    steps: 1200,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { direct: 1 } } },
    ],
    stages: [],
  },
  gates: [
    {
      name: 'nothing-latent',
      reason: 'No other format could be elicited.',
      measure: { of: 'format-share', format: 'direct' },
      atLeast: 0.95,
    },
    {
      name: 'truth-lifts',
      reason:
        'Where the true verdict moves nothing, that another reward moves nothing says nothing about that reward.',
      measure: { of: 'lift', arm: 'truth', over: 'base' },
      atLeast: 0.1,
    },
  ],
} as const satisfies DeclaredBase;
