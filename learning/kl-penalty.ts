import * as tf from '@tensorflow/tfjs-core';
import type { Scheme } from '../spec/scheme.ts';

/** All [n, T] float32. */
export interface DivergenceInput {
  readonly logprobs: tf.Tensor2D;
  readonly referenceLogprobs: tf.Tensor2D;
  readonly tokenMask: tf.Tensor2D;
  /** policy over behavior probability, before any clipping */
  readonly ratio: tf.Tensor2D;
}

/**
 * Estimate per token of the KL from the policy to the reference, with d = reference − policy logprob
 * (Schulman, "Approximating KL divergence", 2020):
 * k1 = −d, k2 = d²/2, k3 = exp(d) − d − 1. With klBiasCorrection it is multiplied by the ratio, whose gradient counts.
 *
 * Differentiated as it stands, k1 has a gradient of mean 0 on samples of the policy itself, and k2 and k3 differ.
 *
 * @returns [n, T] float32; 0 on padding
 */
export function penalizeDivergence(
  input: DivergenceInput,
  options: Pick<Scheme['loss'], 'klEstimator' | 'klBiasCorrection'>,
): tf.Tensor2D {
  const { logprobs, referenceLogprobs, tokenMask, ratio } = input;
  const difference = tf.mul(tf.sub(referenceLogprobs, logprobs), tokenMask);
  const estimate = estimateDivergence(difference, options.klEstimator);
  return (options.klBiasCorrection ? tf.mul(estimate, ratio) : estimate) as tf.Tensor2D;
}

function estimateDivergence(difference: tf.Tensor, estimator: Scheme['loss']['klEstimator']): tf.Tensor {
  if (estimator === 'k1') return tf.neg(difference);
  if (estimator === 'k2') return tf.div(tf.square(difference), 2);
  return tf.sub(tf.sub(tf.exp(difference), difference), 1);
}
