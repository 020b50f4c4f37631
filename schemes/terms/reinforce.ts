import { z } from 'zod';
import type { ObjectiveTerm } from './term.ts';

/** −A·logprob: the plain score function, without a ratio. */
export const reinforce: ObjectiveTerm<object> = {
  name: 'reinforce',
  description: 'Plain score function: −A·logprob.',
  source: 'Williams 1992',
  optionsSchema: z.strictObject({}),
  loss: ({ tf, credit, logprobs, tokenMask }) => tf.neg(tf.mul(tf.mul(logprobs, tokenMask), credit)),
  surrogate: { ratioLevel: () => 'token', isClipped: () => false, isUnbounded: () => null },
};
