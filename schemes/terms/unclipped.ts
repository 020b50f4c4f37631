import { z } from 'zod';
import { ratioLevel } from './ratio-level.ts';
import type { ObjectiveTerm } from './term.ts';

const optionsSchema = z.strictObject({ ratioLevel });

export const unclipped: ObjectiveTerm<z.infer<typeof optionsSchema>> = {
  name: 'unclipped',
  description: 'The surrogate without a clip: −ρ·A.',
  optionsSchema,
  loss: ({ tf, ratio, credit }) => tf.neg(tf.mul(ratio, credit)),
  surrogate: {
    ratioLevel: (options) => options.ratioLevel,
    isClipped: () => false,
    isUnbounded: (tf, pull) => tf.notEqual(pull, 0),
  },
};
