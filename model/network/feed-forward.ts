import * as tf from '@tensorflow/tfjs-core';

/**
 * The gated activation of SwiGLU (Shazeer 2020): silu(gate) · up.
 *
 * @param gate [M, F] float32
 * @param up [M, F] float32
 * @returns [M, F]
 */
export function activateGated(gate: tf.Tensor, up: tf.Tensor): tf.Tensor {
  const operation = tf.customGrad((gateInput, upInput, save) => {
    const sigmoid = tf.sigmoid(gateInput as tf.Tensor);
    const silu = tf.mul(gateInput as tf.Tensor, sigmoid);
    const value = tf.mul(silu, upInput as tf.Tensor);
    (save as tf.GradSaveFunc)([upInput as tf.Tensor, sigmoid, silu, value]);
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
        return [tf.mul(dy, slope), tf.mul(dy, savedSilu)];
      },
    };
  });
  return operation(gate, up);
}
