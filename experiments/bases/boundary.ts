import type { DeclaredBase } from './declared-base.ts';

/**
 * Four operations modulo 1000, stopped early: most problems are solved now and then, some never. One of a thousand answers
 * is right, so 64 samples do not find it by guessing.
 */
export const boundary = {
  name: 'boundary',
  purpose: 'Room at every k by skill: low pass@1, a good part of the problems never solved in 64 samples.',
  task: {
    family: 'arithmetic',
    operations: 4,
    startDigits: 3,
    modulus: 1000,
    formats: ['scratchpad'],
  },
  recipe: { steps: 750, documentsPerStep: 64, factShare: 0.2, formats: { scratchpad: 1 }, leak: null },
} as const satisfies DeclaredBase;
