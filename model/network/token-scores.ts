import * as tf from '@tensorflow/tfjs-core';
import { encodeOneHot } from './one-hot.ts';

/**
 * Logprob of the target token and entropy of the distribution softmax(logits / temperature), per row, in nats.
 *
 * @param logits [M, V] float32
 * @param targets [M] int32, each in [0, V)
 * @returns [2, M]: logprobs, then entropies; differentiable in `logits`
 */
export function scoreTokens(logits: tf.Tensor, targets: tf.Tensor1D, temperature: number): tf.Tensor2D {
  const [rows, vocabulary] = logits.shape as [number, number];
  const operation = tf.customGrad((input, save) => {
    const scaled = temperature === 1 ? (input as tf.Tensor) : tf.div(input as tf.Tensor, temperature);
    const logprobs = tf.logSoftmax(scaled);
    const taken = encodeOneHot(targets, vocabulary);
    const picked = tf.sum(tf.mul(logprobs, taken), -1);
    const probabilities = tf.exp(logprobs);
    const entropies = tf.neg(tf.sum(tf.mul(probabilities, logprobs), -1));
    (save as tf.GradSaveFunc)([logprobs, probabilities, taken, entropies]);
    return {
      value: tf.stack([picked, entropies]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [savedLogprobs, savedProbabilities, savedTaken, savedEntropies] = saved as [
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor,
        ];
        const [dLogprob, dEntropy] = tf
          .unstack(dy)
          .map((row) => tf.reshape(tf.div(row, temperature), [rows, 1])) as [tf.Tensor, tf.Tensor];
        // ∂logprob/∂z = onehot − p;  ∂entropy/∂z = −p·(log p + H)
        const surprise = tf.mul(dEntropy, tf.add(savedLogprobs, tf.reshape(savedEntropies, [rows, 1])));
        return tf.sub(tf.mul(savedTaken, dLogprob), tf.mul(savedProbabilities, tf.add(surprise, dLogprob)));
      },
    };
  });
  return operation(logits) as tf.Tensor2D;
}

/** Logprobs of every token under softmax(logits / temperature), of `logits`' shape, nats; differentiable. */
export function distributeTokens(logits: tf.Tensor, temperature: number): tf.Tensor {
  return tf.logSoftmax(tf.div(logits, temperature));
}
