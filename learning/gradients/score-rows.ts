import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from '../../model/network/config.ts';
import { scorePrepared } from '../../model/network/forward.ts';
import type { PolicyWeights } from '../../model/network/parameter-layout.ts';
import { createRotaryTables } from '../../model/network/rotary.ts';
import type { SequenceInputs } from '../../model/network/token-batch.ts';

/** A batch's tokens as tensors, so that one recorded graph serves every batch of its shape. */
export type RowTensors = {
  /** [N·S] int32 */
  readonly ids: tf.Tensor1D;
  /** [N·T] int32: the tokens that the last T of the S columns are to predict */
  readonly targets: tf.Tensor1D;
  /** [1, 1, S, S] or [1, N, S, S], see `createMask` */
  readonly mask: tf.Tensor;
};

/** What the network reads, made of tensors that a recorded graph takes as inputs. */
export function toInputs(rows: RowTensors, config: PolicyConfig): SequenceInputs {
  const length = rows.mask.shape[3]!;
  const { cosines, sines } = createRotaryTables(config, 0, length);
  return {
    config,
    count: rows.ids.size / length,
    length,
    ids: rows.ids,
    mask: rows.mask,
    cosines: tf.tensor1d(cosines),
    sines: tf.tensor1d(sines),
  };
}

/** Logprobs and entropies [N, T] of the targets under softmax(logits / temperature); differentiable in the weights. */
export function scoreRows(
  weights: PolicyWeights,
  rows: RowTensors,
  call: { config: PolicyConfig; temperature: number },
): { logprobs: tf.Tensor2D; entropies: tf.Tensor2D } {
  const { targets } = rows;
  const inputs = toInputs(rows, call.config);
  const scores = scorePrepared(weights, inputs, { targets, temperature: call.temperature });
  const [logprobs, entropies] = tf.unstack(scores) as [tf.Tensor1D, tf.Tensor1D];
  const shape: [number, number] = [inputs.count, targets.size / inputs.count];
  return {
    logprobs: tf.reshape<tf.Rank.R2>(logprobs, shape),
    entropies: tf.reshape<tf.Rank.R2>(entropies, shape),
  };
}
