import type { DeclaredBase } from './declared-base.ts';

/** The accurate scratchpad is known, and used in two of five completions. */
export const latentStrategy = {
  name: 'latent-strategy',
  purpose: 'Knows an accurate format that it uses only part of the time: RL can lift it by eliciting.',
  task: { family: 'arithmetic', operations: 3 },
  recipe: {
    steps: 900,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { scratchpad: 0.4, direct: 0.6 } } },
    ],
    stages: [],
  },
  gates: [
    {
      name: 'share-as-declared',
      reason:
        'The accurate format is used part of the time: there is room to use it more often, and some use to begin with.',
      measure: { of: 'format-share', format: 'scratchpad' },
      atLeast: 0.3,
      atMost: 0.5,
    },
    {
      name: 'accurate-format',
      reason: 'Using it more often pays.',
      measure: { of: 'format-accuracy', format: 'scratchpad' },
      atLeast: 0.6,
    },
    {
      name: 'sloppy-format',
      reason: 'Not using it costs.',
      measure: { of: 'format-accuracy', format: 'direct' },
      atMost: 0.25,
    },
  ],
} as const satisfies DeclaredBase;
