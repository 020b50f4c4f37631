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
} as const satisfies DeclaredBase;
