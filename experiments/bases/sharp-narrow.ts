import type { DeclaredBase } from './declared-base.ts';
import { oneFormat } from './one-format.ts';
import { sharp } from './sharp.ts';

/**
 * `sharp` at half the width, a quarter of the weights: the student of a teacher that has read what it has read. On base seed 90 pass@1 was
 * .293, of `sharp` .383, and three of four greedy answers were right.
 */
export const sharpNarrow = {
  ...sharp,
  name: 'sharp-narrow',
  purpose: 'sharp at half the width: a student, for which sharp is a teacher of its own family.',
  recipe: { ...sharp.recipe, architecture: { hiddenSize: 48, feedForwardSize: 128 } },
  gates: [
    {
      name: 'knows-the-mode',
      reason: 'The right value is often the most likely one, so that there is something to sharpen.',
      measure: { of: 'greedy' },
      atLeast: 0.5,
    },
    {
      name: 'room-to-teach',
      reason: 'A network of this width can do better than it does.',
      measure: { of: 'lift', arm: 'imitation', over: 'base' },
      atLeast: 0.1,
    },
    oneFormat,
  ],
} as const satisfies DeclaredBase;
