import * as tf from '@tensorflow/tfjs-core';

/**
 * The gated activation of SwiGLU (Shazeer 2020): silu(gate) · up.
 *
 * @param gateUp [M, 2F] float32, gate in the first F columns
 * @returns [M, F]
 */
export function activateGated(gateUp: tf.Tensor): tf.Tensor {
  const rows = gateUp.shape[0]!;
  const width = gateUp.shape[1]! / 2;
  const operation = tf.customGrad((input, save) => {
    const gate = tf.slice(input as tf.Tensor2D, [0, 0], [rows, width]);
    const up = tf.slice(input as tf.Tensor2D, [0, width], [rows, width]);
    const sigmoid = tf.sigmoid(gate);
    const silu = tf.mul(gate, sigmoid);
    const value = tf.mul(silu, up);
    (save as tf.GradSaveFunc)([up, sigmoid, silu, value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedUp, savedSigmoid, savedSilu, savedValue] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        // silu' = σ + silu·(1 − σ), hence d gate = dy·(up·σ + value·(1 − σ)) = dy·(σ·(up − value) + value)
        const slope = tf.add(tf.mul(savedSigmoid, tf.sub(savedUp, savedValue)), savedValue);
        return tf.concat([tf.mul(dy, slope), tf.mul(dy, savedSilu)], 1);
      },
    };
  });
  return operation(gateUp);
}
