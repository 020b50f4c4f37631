import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from './config.ts';
import { rotate, rotateBack, type RotaryTensors } from './rotary.ts';

/** What attention needs beside its input, for N sequences of S columns. */
export interface AttentionContext extends RotaryTensors {
  readonly config: PolicyConfig;
  readonly count: number;
  readonly length: number;
  /** [1, 1, S, S] or [1, N, S, S] float32: 0 where a query (row) may see a key (column), else very negative */
  readonly mask: tf.Tensor;
}

/** Rotated queries and keys and the values, heads first so that taking some heads copies nothing. */
export interface ProjectedHeads {
  /** [H, N, S, headWidth] */
  readonly queries: tf.Tensor;
  /** [keyValueHeads, N, S, headWidth] */
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
}

/** `rotate` or `rotateBack` of [heads, N, S, headWidth], whose columns each have a position. */
function turnHeads(heads: tf.Tensor, tables: RotaryTensors, turn: typeof rotate): tf.Tensor {
  const [kinds, count, length, width] = heads.shape as [number, number, number, number];
  const rows = tf.reshape(heads, [kinds * count, length * width]);
  return tf.reshape(turn(rows, tables, width), heads.shape);
}

/** Heads `start` to `start + count` of a heads-first tensor. */
function takeHeads(heads: tf.Tensor, start: number, count: number): tf.Tensor {
  const [, ...rest] = heads.shape;
  return tf.slice(heads, [start, ...rest.map(() => 0)], [count, ...rest]);
}

/**
 * Splits the fused projection into heads and rotates queries and keys.
 *
 * @param projected [N·S, (H + 2·keyValueHeads)·headWidth]
 */
export function splitHeads(projected: tf.Tensor, context: AttentionContext): ProjectedHeads {
  const { heads, keyValueHeads, headWidth } = context.config;
  const all = heads + 2 * keyValueHeads;
  const split = tf.reshape(projected, [context.count, context.length, all, headWidth]);
  const headsFirst = tf.transpose(split, [2, 0, 1, 3]);
  const rotated = turnHeads(takeHeads(headsFirst, 0, heads + keyValueHeads), context, rotate);
  return {
    queries: takeHeads(rotated, 0, heads),
    keys: takeHeads(rotated, heads, keyValueHeads),
    values: takeHeads(headsFirst, heads + keyValueHeads, keyValueHeads),
  };
}

/** Repeats each key/value head for the query heads that share it: [K, …] → [H, …]. */
function repeatHeads(shared: tf.Tensor, config: PolicyConfig): tf.Tensor {
  const copies = config.heads / config.keyValueHeads;
  if (copies === 1) return shared;
  const [kinds, ...rest] = shared.shape as [number, ...number[]];
  const size = rest.reduce((product, length) => product * length, 1);
  return tf.reshape(tf.tile(tf.reshape(shared, [kinds, 1, size]), [1, copies, 1]), [config.heads, ...rest]);
}

/** The transpose of `repeatHeads`: sums the gradients of the query heads that share a key/value head. */
function sumRepeated(gradient: tf.Tensor, config: PolicyConfig): tf.Tensor {
  const copies = config.heads / config.keyValueHeads;
  if (copies === 1) return gradient;
  const [, ...rest] = gradient.shape;
  const size = rest.reduce((product, length) => product * length, 1);
  const grouped = tf.reshape(gradient, [config.keyValueHeads, copies, size]);
  return tf.reshape(tf.sum(grouped, 1), [config.keyValueHeads, ...rest]);
}

interface Attended {
  /** [H, N, S, headWidth] */
  readonly output: tf.Tensor;
  /** [H, N, S, S] */
  readonly probabilities: tf.Tensor;
}

function attendHeads(heads: ProjectedHeads, context: AttentionContext): Attended {
  const keys = repeatHeads(heads.keys, context.config);
  const values = repeatHeads(heads.values, context.config);
  const scores = tf.matMul(heads.queries, keys, false, true);
  const probabilities = tf.softmax(tf.add(scores, context.mask));
  return { output: tf.matMul(probabilities, values), probabilities };
}

/** [heads, N, S, headWidth] → [N·S, heads·headWidth]. */
function mergeHeads(heads: tf.Tensor): tf.Tensor {
  const [kinds, count, length, width] = heads.shape as [number, number, number, number];
  return tf.reshape(tf.transpose(heads, [1, 2, 0, 3]), [count * length, kinds * width]);
}

/** Attention without a gradient, which also hands out the keys and values for a cache. */
export function attendForCache(
  projected: tf.Tensor,
  context: AttentionContext,
): { output: tf.Tensor; keys: tf.Tensor; values: tf.Tensor } {
  const heads = splitHeads(projected, context);
  return {
    output: mergeHeads(attendHeads(heads, context).output),
    keys: heads.keys,
    values: heads.values,
  };
}

function attendBackward(dy: tf.Tensor, saved: tf.Tensor[], context: AttentionContext): tf.Tensor {
  const [queries, sharedKeys, sharedValues, probabilities, output, cosines, sines] = saved as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  const { config, count, length } = context;
  const { heads, headWidth, keyValueHeads } = config;
  const keys = repeatHeads(sharedKeys, config);
  const values = repeatHeads(sharedValues, config);
  const dOutput = tf.transpose(tf.reshape(dy, [count, length, heads, headWidth]), [2, 0, 1, 3]);
  const dValues = tf.matMul(probabilities, dOutput, true);
  const dProbabilities = tf.matMul(dOutput, values, false, true);
  // Σ p·dp over keys equals Σ output·dOutput over the head's width, which is a smaller array.
  const along = tf.sum(tf.mul(dOutput, output), -1, true);
  const dScores = tf.mul(probabilities, tf.sub(dProbabilities, along));
  const dQueries = tf.matMul(dScores, keys);
  const dKeys = tf.matMul(dScores, queries, true);
  const dRotated = tf.concat([dQueries, sumRepeated(dKeys, config)], 0);
  const dTurned = turnHeads(dRotated, { cosines, sines }, rotateBack);
  const dAll = tf.concat([dTurned, sumRepeated(dValues, config)], 0);
  return tf.reshape(tf.transpose(dAll, [1, 2, 0, 3]), [
    count * length,
    (heads + 2 * keyValueHeads) * headWidth,
  ]);
}

/**
 * Causal grouped-query attention with rotary positions over a fused projection.
 *
 * @param projected [N·S, (H + 2·keyValueHeads)·headWidth] float32
 * @returns [N·S, H·headWidth]; differentiable in `projected`
 */
export function attend(projected: tf.Tensor, context: AttentionContext): tf.Tensor {
  const operation = tf.customGrad((input, save) => {
    const heads = splitHeads(input as tf.Tensor, context);
    const { output, probabilities } = attendHeads(heads, context);
    const { cosines, sines } = context;
    // The tables too: the caller's scope may end before the gradient is taken.
    (save as tf.GradSaveFunc)([
      heads.queries,
      heads.keys,
      heads.values,
      probabilities,
      output,
      cosines,
      sines,
    ]);
    return {
      value: mergeHeads(output),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => attendBackward(dy, saved, context),
    };
  });
  return operation(projected);
}
