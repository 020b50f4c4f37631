import type { DeclaredBase } from './declared-base.ts';

/**
 * Five operations modulo 1000, stopped early: most problems are solved now and then, some never. One of a thousand answers
 * is right, so 64 samples do not find it by guessing.
 */
export const boundary = {
  name: 'boundary',
  purpose: 'Room at every k by skill: low pass@1, a good part of the problems never solved in 64 samples.',
  task: {
    family: 'arithmetic',
    operations: 5,
    harderOperations: 7,
    startDigits: 3,
    modulus: 1000,
    formats: ['scratchpad'],
  },
  recipe: { steps: 450, formats: { scratchpad: 1 }, leak: null },
} as const satisfies DeclaredBase;
