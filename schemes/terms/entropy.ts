import { z } from 'zod';
import type { AdaptedWeight, ObjectiveTerm } from './term.ts';

const optionsSchema = z.strictObject({
  target: z
    .number()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      "Entropy of the rollouts (nats) above which the bonus is off; the weight, the scheme's at first, moves by step per step, up " +
        'below the target and down above, within 0 and 1 (Skywork-OR1); null: a fixed weight.',
    ),
  step: z
    .number()
    .positive()
    .default(0.005)
    .describe('How far the weight moves per step when there is a target.'),
});

type EntropyOptions = z.infer<typeof optionsSchema>;

/**
 * A fixed weight c, or with a target (Skywork-OR1, arXiv 2505.22312): in a step whose rollouts have entropy H the weight in
 * force is c when H ≤ target, else 0, and c moves by +step, else −step, within [0, 1], for the next step. Float32 throughout, so
 * that what a checkpoint holds is what was computed with. Without a counted token nothing changes and there is no bonus.
 */
export function adaptWeight(
  { target, step }: EntropyOptions,
  call: { readonly weight: number; readonly remembered: number | null; readonly entropy: number | null },
): AdaptedWeight {
  if (target === null) return { weight: call.weight, next: null };
  const current = call.remembered ?? Math.fround(call.weight);
  if (call.entropy === null) return { weight: 0, next: current };
  const isBelow = call.entropy <= target;
  const moved = current + (isBelow ? step : -step);
  return { weight: isBelow ? current : 0, next: Math.fround(Math.min(1, Math.max(0, moved))) };
}

/** Minus the entropy of each token's distribution: a bonus, since losses are minimised. */
export const entropy: ObjectiveTerm<EntropyOptions> = {
  name: 'entropy',
  description: 'Entropy bonus: minus the entropy of each distribution, by a fixed or adaptive weight.',
  source: 'Skywork-OR1, arXiv 2505.22312 (adaptive)',
  optionsSchema,
  metrics: [
    {
      name: 'entropy/coefficient',
      unit: 'weight',
      description: 'weight of the entropy bonus in force; 0 where an adaptive bonus is off',
    },
    {
      name: 'entropy/acted',
      unit: 'fraction',
      description:
        'share of tokens that the entropy bonus acted on: all of them, or none where its weight is 0',
    },
    {
      name: 'loss/entropy',
      unit: 'nats',
      description: 'minus the mean entropy per token, before its weight',
    },
  ],
  loss: ({ tf, entropies }) => tf.neg(entropies),
  adapt: adaptWeight,
};
