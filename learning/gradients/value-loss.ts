import * as tf from '@tensorflow/tfjs-core';

/** All [n, T] float32. */
export interface ValueLossInput {
  /** of the critic being trained; differentiable */
  readonly values: tf.Tensor;
  /** as recorded when sampling */
  readonly recordedValues: tf.Tensor;
  readonly returns: tf.Tensor;
  /** 0 where a token does not count; they need not add up to 1 */
  readonly weights: tf.Tensor;
}

/**
 * Σ weight · ½ max((V − R)², (clip(V, V_recorded − c, V_recorded + c) − R)²), without a clip Σ weight · ½ (V − R)². The
 * maximum stops the gradient of values that have moved towards R by more than c. Source: PPO (arXiv 1707.06347) as in
 * OpenAI's baselines and verl.
 *
 * @param valueClip c; null: no clip
 * @returns scalar, to be minimised
 */
export function computeValueLoss(input: ValueLossInput, valueClip: number | null): tf.Scalar {
  const { values, recordedValues, returns, weights } = input;
  return tf.tidy(() => {
    const plain = tf.square(tf.sub(values, returns));
    if (valueClip === null) return tf.mul(tf.sum(tf.mul(plain, weights)), 0.5) as tf.Scalar;
    const moved = tf.clipByValue(tf.sub(values, recordedValues), -valueClip, valueClip);
    const clipped = tf.square(tf.sub(tf.add(recordedValues, moved), returns));
    return tf.mul(tf.sum(tf.mul(tf.maximum(plain, clipped), weights)), 0.5) as tf.Scalar;
  });
}
