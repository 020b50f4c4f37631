import { z } from 'zod';

/** A sum of weights further from 0 than this is no rounding. */
const ROUNDING = 1e-9;

export const contrastSchema = z
  .record(z.string(), z.number())
  .refine((weights) => Object.values(weights).filter((weight) => weight !== 0).length >= 2, {
    message: 'a contrast weighs at least two conditions',
  })
  .refine(
    (weights) => Math.abs(Object.values(weights).reduce((sum, weight) => sum + weight, 0)) <= ROUNDING,
    { message: 'the weights of a contrast sum to 0, e.g. { treatment: 1, control: -1 }' },
  );
/** Condition → weight: the effect is the weighted sum of the conditions’ means. */
export type Contrast = z.infer<typeof contrastSchema>;

function sumWeights(weights: readonly (readonly [condition: string, weight: number])[]): Contrast {
  const sum = new Map<string, number>();
  for (const [condition, weight] of weights) sum.set(condition, (sum.get(condition) ?? 0) + weight);
  return Object.fromEntries([...sum].filter(([, weight]) => weight !== 0));
}

/**
 * The difference in differences (a − b) − (c − d): how much more `a` differs from `b` than `c` from `d`.
 *
 * @example contrast: interaction('random-reward/latent', 'base/latent', 'random-reward/none', 'base/none')
 */
export function interaction(a: string, b: string, c: string, d: string): Contrast {
  return sumWeights([
    [a, 1],
    [b, -1],
    [c, -1],
    [d, 1],
  ]);
}

/**
 * The least-squares slope along an axis: how much the metric changes per step from one condition to the next, or per unit of
 * `positions`. Weights are (x − mean x) / Σ (x − mean x)²; a condition in the middle weighs nothing and is left out.
 *
 * @param positions where each condition lies on the axis; 0, 1, 2, … unless told
 * @throws RangeError when positions are as many as the conditions do not need, or all the same
 * @example contrast: trend(['rl/share-30', 'rl/share-50', 'rl/share-70'], [0.3, 0.5, 0.7])
 */
export function trend(
  conditions: readonly [string, string, ...string[]],
  positions: readonly number[] = conditions.map((_, i) => i),
): Contrast {
  if (positions.length !== conditions.length)
    throw new RangeError(`trend: found ${positions.length} positions of ${conditions.length} conditions`);
  const centre = positions.reduce((sum, x) => sum + x, 0) / positions.length;
  const spread = positions.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('trend: all positions are the same, so there is no slope');
  const weights = positions.map((x) => (x - centre) / spread);
  return sumWeights(
    conditions.map((name, i) => [name, Math.abs(weights[i]! * spread) < ROUNDING ? 0 : weights[i]!]),
  );
}
