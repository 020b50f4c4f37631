import { z } from 'zod';
import { ratioLevel } from './ratio-level.ts';
import type { ObjectiveTerm } from './term.ts';

const optionsSchema = z.strictObject({
  ratioLevel,
  cap: z.number().min(0).default(5).describe('The most that a ratio weighs.'),
});

/** −min(ρ, cap)·A·logprob, without gradient through the weight. */
export const cispo: ObjectiveTerm<z.infer<typeof optionsSchema>> = {
  name: 'cispo',
  description: 'Capped importance weight without gradient: −min(ρ, cap)·A·logprob.',
  source: 'MiniMax-M1, arXiv 2506.13585',
  optionsSchema,
  loss: ({ tf, ratio, credit, logprobs, tokenMask }, { cap }) => {
    const scored = tf.mul(tf.mul(logprobs, tokenMask), credit);
    return tf.neg(tf.mul(tf.minimum(tf.stopGradient(ratio), cap), scored));
  },
  surrogate: {
    ratioLevel: (options) => options.ratioLevel,
    isClipped: (ratio, credit, { cap }) => credit !== 0 && ratio > cap,
    isUnbounded: () => null,
  },
};
