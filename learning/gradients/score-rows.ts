import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from '../../model/network/config.ts';
import { predictPrepared } from '../../model/network/forward.ts';
import type { PolicyWeights } from '../../model/network/parameter-layout.ts';
import { createRotaryTables } from '../../model/network/rotary.ts';
import type { SequenceInputs } from '../../model/network/token-batch.ts';
import { distributeTokens, scoreTokens } from '../../model/network/token-scores.ts';

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

/** Under softmax(logits / temperature), nats; differentiable in the weights. */
export interface RowScores {
  /** [N, T] of the targets */
  readonly logprobs: tf.Tensor2D;
  /** [N, T] */
  readonly entropies: tf.Tensor2D;
  /** [N, T, V]: logprobs of every token; where they are asked for */
  readonly distributions?: tf.Tensor3D;
}

export function scoreRows(
  weights: PolicyWeights,
  rows: RowTensors,
  call: { config: PolicyConfig; temperature: number; distributions?: boolean },
): RowScores {
  const { targets } = rows;
  const { temperature } = call;
  const inputs = toInputs(rows, call.config);
  const logits = predictPrepared(weights, inputs, { targets });
  const scores = scoreTokens(logits, targets, temperature);
  const [logprobs, entropies] = tf.unstack(scores) as [tf.Tensor1D, tf.Tensor1D];
  const shape: [number, number] = [inputs.count, targets.size / inputs.count];
  const all = (): tf.Tensor3D =>
    tf.reshape<tf.Rank.R3>(distributeTokens(logits, temperature), [...shape, call.config.vocabularySize]);
  return {
    logprobs: tf.reshape<tf.Rank.R2>(logprobs, shape),
    entropies: tf.reshape<tf.Rank.R2>(entropies, shape),
    ...(call.distributions === true ? { distributions: all() } : {}),
  };
}
