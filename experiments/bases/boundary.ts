import type { DeclaredBase } from './declared-base.ts';

/**
 * Four operations modulo 1000: an accurate scratchpad, used in half of the completions, that some problems defeat at every
 * try. RL has a strategy to elicit, and one of a thousand answers is right, so 64 samples do not find it by guessing.
 */
export const boundary = {
  name: 'boundary',
  purpose: 'A latent strategy with room at every k by skill: some problems are never solved in 64 samples.',
  task: { family: 'arithmetic', operations: 4, startDigits: 3, modulus: 1000 },
  recipe: {
    steps: 900,
    sources: [
      { name: 'facts', share: 0.1 },
      { name: 'solutions', options: { formats: { scratchpad: 0.5, direct: 0.5 } } },
    ],
    stages: [],
  },
} as const satisfies DeclaredBase;
