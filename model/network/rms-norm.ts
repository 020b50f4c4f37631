import * as tf from '@tensorflow/tfjs-core';

/**
 * Root-mean-square normalisation (Zhang & Sennrich 2019): x · gain / √(mean(x²) + epsilon) over the last axis.
 *
 * @param input [M, D] float32
 * @param gain [D] float32
 * @returns [M, D]
 */
export function normalizeRms(input: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  const operation = tf.customGrad((x, g, save) => {
    const tensor = x as tf.Tensor;
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(tensor), -1, true), epsilon));
    const normal = tf.mul(tensor, scale);
    (save as tf.GradSaveFunc)([normal, scale, g as tf.Tensor]);
    return {
      value: tf.mul(normal, g as tf.Tensor),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedNormal, savedScale, savedGain] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const scaled = tf.mul(dy, savedNormal);
        const along = tf.mean(tf.mul(scaled, savedGain), -1, true);
        const inputGradient = tf.mul(tf.sub(tf.mul(dy, savedGain), tf.mul(savedNormal, along)), savedScale);
        return [inputGradient, tf.sum(scaled, 0)];
      },
    };
  });
  return operation(input, gain);
}
