import { z } from 'zod';
import { ratioLevel } from './ratio-level.ts';
import type { ObjectiveTerm } from './term.ts';

const optionsSchema = z.strictObject({
  ratioLevel,
  epsilonLow: z.number().min(0).default(0.2).describe('Lower clip: ratio ≥ 1 − epsilonLow.'),
  epsilonHigh: z.number().min(0).default(0.2).describe('Upper clip: ratio ≤ 1 + epsilonHigh.'),
  delta: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('Two-sided clip: cap of the unclipped ratio; null: off.'),
});

/** −min(ρ·A, clip(ρ, 1 − epsilonLow, 1 + epsilonHigh)·A); delta caps the first ρ only. */
export const clipped: ObjectiveTerm<z.infer<typeof optionsSchema>> = {
  name: 'clipped',
  description: 'Clipped surrogate: −min(ρ·A, clip(ρ, 1 − epsilonLow, 1 + epsilonHigh)·A).',
  source: 'PPO, arXiv 1707.06347; GSPO, 2507.18071 (sequence)',
  optionsSchema,
  loss: ({ tf, ratio, credit }, { epsilonLow, epsilonHigh, delta }) => {
    const capped = delta === null ? ratio : tf.clipByValue(ratio, 0, delta);
    const held = tf.clipByValue(ratio, 1 - epsilonLow, 1 + epsilonHigh);
    return tf.neg(tf.minimum(tf.mul(capped, credit), tf.mul(held, credit)));
  },
  surrogate: {
    ratioLevel: (options) => options.ratioLevel,
    isClipped: (ratio, credit, { epsilonLow, epsilonHigh, delta }) => {
      if (credit > 0) return ratio > Math.min(1 + epsilonHigh, delta ?? Infinity);
      // Of a negative credit the larger of min(ratio, delta) and the clipped ratio counts.
      const isBeyond = ratio < 1 - epsilonLow || (delta !== null && ratio > Math.max(1 + epsilonHigh, delta));
      return credit < 0 && isBeyond;
    },
    isFreed: (ratio, credit, { epsilonLow, epsilonHigh, delta }) =>
      credit > 0 && ratio > 1 + epsilonLow && ratio <= Math.min(1 + epsilonHigh, delta ?? Infinity),
    isUnbounded: (tf, pull, { delta }) => (delta === null ? tf.less(pull, 0) : null),
  },
};
