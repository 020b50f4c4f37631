import * as tf from '@tensorflow/tfjs-core';
import { encodeOneHot } from './one-hot.ts';

/** Up to this vocabulary the gradient is a one-hot matmul: quicker than scattering, and every backend has it. */
const ONE_HOT_VOCABULARY = 1024;

/**
 * Rows of the embedding matrix.
 *
 * @param embedding [V, D] float32
 * @param ids [M] int32, each in [0, V)
 * @returns [M, D]
 */
export function embedTokens(embedding: tf.Tensor, ids: tf.Tensor1D): tf.Tensor {
  const vocabulary = embedding.shape[0]!;
  const operation = tf.customGrad((matrix, save) => {
    (save as tf.GradSaveFunc)([ids]);
    return {
      value: tf.gather(matrix as tf.Tensor, ids),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedIds] = saved as [tf.Tensor1D];
        return vocabulary <= ONE_HOT_VOCABULARY
          ? tf.matMul(encodeOneHot(savedIds, vocabulary), dy as tf.Tensor2D, true)
          : tf.unsortedSegmentSum(dy as tf.Tensor2D, savedIds, vocabulary);
      },
    };
  });
  return operation(embedding);
}
