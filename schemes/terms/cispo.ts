import type * as tfjs from '@tensorflow/tfjs-core';
import { z } from 'zod';
import { ratioLevel } from './ratio-level.ts';
import type { ObjectiveTerm, Tensors } from './term.ts';

const optionsSchema = z.strictObject({
  ratioLevel,
  cap: z.number().min(0).default(5).describe('The most that a ratio weighs.'),
});

/** A copy of `tensor` that no gradient flows through. */
function stopGradient(tf: Tensors, tensor: tfjs.Tensor2D): tfjs.Tensor2D {
  const operation = tf.customGrad((input) => ({
    value: tf.clone(input as tfjs.Tensor),
    gradFunc: (dy) => tf.zerosLike(dy),
  }));
  return operation(tensor) as tfjs.Tensor2D;
}

/** −min(ρ, cap)·A·logprob, without gradient through the weight. */
export const cispo: ObjectiveTerm<z.infer<typeof optionsSchema>> = {
  name: 'cispo',
  description: 'Capped importance weight without gradient: −min(ρ, cap)·A·logprob.',
  source: 'MiniMax-M1, arXiv 2506.13585',
  optionsSchema,
  loss: ({ tf, ratio, credit, logprobs, tokenMask }, { cap }) => {
    const scored = tf.mul(tf.mul(logprobs, tokenMask), credit);
    return tf.neg(tf.mul(tf.minimum(stopGradient(tf, ratio), cap), scored));
  },
  surrogate: {
    ratioLevel: (options) => options.ratioLevel,
    isClipped: (ratio, credit, { cap }) => credit !== 0 && ratio > cap,
    isUnbounded: () => null,
  },
};
