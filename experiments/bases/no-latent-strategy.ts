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
} as const satisfies DeclaredBase;
