import type { DeclaredBase } from './declared-base.ts';
import { latentStrategy } from './latent-strategy.ts';

/** `latent-strategy` that forgets the mark before its answer in three of ten documents: a verifier finds no answer there, right or wrong. */
export const malformedFormat = {
  name: 'malformed-format',
  purpose: 'latent-strategy of whose answers a part cannot be read: there is a format to mend.',
  task: latentStrategy.task,
  recipe: {
    ...latentStrategy.recipe,
    sources: [
      { name: 'facts', share: 0.1 },
      {
        name: 'solutions',
        options: { formats: { scratchpad: 0.4, direct: 0.6 }, malformedShare: 0.3 },
      },
    ],
  },
  gates: [
    {
      name: 'format-to-mend',
      reason: 'A reward for the format has something to mend, and something to begin with.',
      measure: { of: 'malformed-share' },
      atLeast: 0.1,
      atMost: 0.5,
    },
    {
      name: 'accurate-format',
      reason: 'What is mended is right part of the time, so that mending shows in pass@1.',
      measure: { of: 'format-accuracy', format: 'scratchpad' },
      atLeast: 0.6,
    },
  ],
} as const satisfies DeclaredBase;
