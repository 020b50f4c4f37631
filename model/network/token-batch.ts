import * as tf from '@tensorflow/tfjs-core';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { AttentionContext } from './attention.ts';
import type { PolicyConfig } from './config.ts';
import { createRotaryTables } from './rotary.ts';

/**
 * What the network reads of N rollouts, or of other sequences of S = P + T columns with P at least 1. Padding may be any id of the
 * vocabulary.
 */
export type TokenBatch = Pick<
  RolloutBatch<never>,
  'count' | 'promptLength' | 'completionLength' | 'tokens' | 'promptStarts' | 'completionLengths'
>;

/** S */
export function widthOf(batch: Pick<TokenBatch, 'promptLength' | 'completionLength'>): number {
  return batch.promptLength + batch.completionLength;
}

/** Finite, so that a row of padding alone gives numbers; far below any score. */
const HIDDEN = -1e9;

/** What the network reads of a batch: columns [0, S) of each row, as tensors. Release with `disposeInputs`. */
export interface SequenceInputs extends AttentionContext {
  /** [N·S] int32 */
  readonly ids: tf.Tensor1D;
}

/** [1, 1, S, S] without left padding, else [1, N, S, S]: 0 where the column may be seen, else very negative. */
export function createMask(promptStarts: Int32Array, length: number): tf.Tensor4D {
  const padded = promptStarts.some((start) => start > 0);
  const count = padded ? promptStarts.length : 1;
  const mask = new Float32Array(count * length * length).fill(HIDDEN);
  for (let row = 0; row < count; row += 1) {
    for (let query = 0; query < length; query += 1) {
      const begin = (row * length + query) * length;
      mask.fill(0, begin + Math.min(promptStarts[row]!, query + 1), begin + query + 1);
    }
  }
  return tf.tensor4d(mask, [1, count, length, length]);
}

/** The first `length` columns of `batch`, [N·length]. */
export function takeIds(batch: TokenBatch, length: number): Int32Array {
  const width = widthOf(batch);
  const ids = new Int32Array(batch.count * length);
  for (let row = 0; row < batch.count; row += 1) {
    ids.set(batch.tokens.subarray(row * width, row * width + length), row * length);
  }
  return ids;
}

/** The first `length` columns of `batch` as tensors. */
export function createInputs(config: PolicyConfig, batch: TokenBatch, length: number): SequenceInputs {
  const { count } = batch;
  const { cosines, sines } = createRotaryTables(config, 0, length);
  return {
    config,
    count,
    length,
    ids: tf.tensor1d(takeIds(batch, length), 'int32'),
    mask: createMask(batch.promptStarts, length),
    cosines: tf.tensor1d(cosines),
    sines: tf.tensor1d(sines),
  };
}

/**
 * The shift: logits of column t score the token of column t + 1. So the tokens of columns `from` … S − 1, [N·(S − from)],
 * are the targets of the network's outputs at columns `from − 1` … S − 2.
 */
export function shiftTargets(batch: TokenBatch, from: number): Int32Array {
  const length = widthOf(batch);
  const width = length - from;
  const targets = new Int32Array(batch.count * width);
  for (let row = 0; row < batch.count; row += 1) {
    const end = (row + 1) * length;
    targets.set(batch.tokens.subarray(end - width, end), row * width);
  }
  return targets;
}

/** [N, S − from] float32, row-major: 1 where columns `from` … S − 1 hold a token that has a real predecessor. */
export function createTargetMask(batch: TokenBatch, from: number): Float32Array {
  const width = widthOf(batch) - from;
  const mask = new Float32Array(batch.count * width);
  for (let row = 0; row < batch.count; row += 1) {
    const begin = Math.max(from, batch.promptStarts[row]! + 1) - from;
    const end = Math.max(batch.promptLength + batch.completionLengths[row]! - from, 0);
    mask.fill(1, row * width + Math.min(begin, width), row * width + end);
  }
  return mask;
}
