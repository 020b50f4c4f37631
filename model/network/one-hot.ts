import * as tf from '@tensorflow/tfjs-core';

/** `ids` [M] int32 → [M, V] float32. Cast afterwards because the wasm kernel writes integers whatever dtype is asked for. */
export function encodeOneHot(ids: tf.Tensor1D, vocabulary: number): tf.Tensor2D {
  return tf.cast(tf.oneHot(ids, vocabulary, 1, 0, 'int32'), 'float32') as tf.Tensor2D;
}
