import * as tf from '@tensorflow/tfjs-core';
import { termColumn, type LossColumn, type LossColumns, type WeightedTerm } from './policy-loss.ts';

type Given = Readonly<
  Record<Exclude<LossColumn, 'logprobs'> | 'behaviorLogprobs' | 'weights', tf.Tensor2D>
> & { readonly [column: string]: tf.Tensor2D };

/** The columns of a loss out of tensors [n, T]; `weights` are what each term's weight is multiplied by. */
export function toLossColumns(
  { behaviorLogprobs, weights, ...columns }: Given,
  terms: readonly WeightedTerm[],
): LossColumns {
  const weighed = terms.map(({ weight }, at) => [termColumn(at), tf.mul<tf.Tensor2D>(weights, weight)]);
  return { ...columns, logprobs: behaviorLogprobs, ...Object.fromEntries(weighed) } as LossColumns;
}
