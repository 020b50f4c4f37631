import type { DeclaredBase } from './declared-base.ts';
import { oneFormat } from './one-format.ts';

/** Demonstrations of which every step slips with a chance of a fifth, of problems with so many operations. */
function noisyOf(operations: number) {
  return { formats: { scratchpad: 1 }, noise: 0.2, task: { operations } };
}

/**
 * At every step the right value is the most likely one, and samples slip as often as the demonstrations did: what RL gains may be no
 * more than what a lower temperature gives for nothing.
 */
export const sharp = {
  name: 'sharp',
  purpose: 'Knows the right value of every step and samples it too seldom: RL can lift it by sharpening.',
  task: { family: 'arithmetic', operations: 4, formats: ['scratchpad'] },
  recipe: {
    steps: 700,
    sources: [
      { name: 'solutions', share: 0.3333, options: noisyOf(2) },
      { name: 'solutions', share: 0.3333, options: noisyOf(3) },
      { name: 'solutions', options: noisyOf(4) },
    ],
    stages: [
      {
        name: 'final-length',
        steps: 400,
        learningRate: 2e-3,
        sources: [{ name: 'solutions', share: 1, options: noisyOf(4) }],
      },
    ],
  },
  gates: [
    {
      name: 'greedy-right',
      reason: 'The right value is the most likely one, so that a lower temperature finds it.',
      measure: { of: 'greedy' },
      atLeast: 0.8,
    },
    {
      name: 'truth-lifts',
      reason: 'RL on the true verdict has something to gain.',
      measure: { of: 'lift', arm: 'truth', over: 'base' },
      atLeast: 0.2,
    },
    oneFormat,
  ],
} as const satisfies DeclaredBase;
