import * as tf from '@tensorflow/tfjs-core';
import { attendForCache, type AttentionContext } from './attention.ts';
import type { PolicyConfig } from './config.ts';
import { projectToVocabulary } from './forward.ts';
import type { LayerWeights, PolicyWeights } from './policy.ts';
import { createRotaryTables } from './rotary.ts';
import { createInputs, type TokenBatch } from './token-batch.ts';

/** Keys (rotated) and values of N rows and t columns, per layer, each [keyValueHeads, N, t, headWidth]. */
export interface Cache {
  readonly keys: tf.Tensor[];
  readonly values: tf.Tensor[];
}

/** x / √(mean(x²) + epsilon) · gain, without a gradient. */
function normalize(input: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(input), -1, true), epsilon));
  return tf.mul(tf.mul(input, scale), gain);
}

function feedForward(hidden: tf.Tensor, layer: LayerWeights, epsilon: number): tf.Tensor {
  const projected = tf.matMul(normalize(hidden, layer.feedForwardNorm, epsilon), layer.feedForwardIn);
  const [gate, up] = tf.split(projected, 2, 1) as [tf.Tensor, tf.Tensor];
  const activated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
  return tf.add(hidden, tf.matMul(activated, layer.feedForwardOut));
}

/**
 * Runs the prompts of `batch` (all its columns) and returns the logits [N, V] after the last column and the cache.
 * The caller disposes both.
 */
export function prefillCache(
  config: PolicyConfig,
  weights: PolicyWeights,
  batch: TokenBatch,
): { logits: tf.Tensor2D; cache: Cache } {
  const { count, length } = batch;
  const cache: Cache = { keys: [], values: [] };
  const logits = tf.tidy(() => {
    const inputs: AttentionContext & { ids: tf.Tensor1D } = createInputs(config, batch, length);
    let hidden: tf.Tensor = tf.gather(weights.embedding, inputs.ids);
    for (const layer of weights.layers) {
      const normal = normalize(hidden, layer.attentionNorm, config.normEpsilon);
      const attended = attendForCache(tf.matMul(normal, layer.attentionIn), inputs);
      cache.keys.push(tf.keep(attended.keys));
      cache.values.push(tf.keep(attended.values));
      hidden = feedForward(
        tf.add(hidden, tf.matMul(attended.output, layer.attentionOut)),
        layer,
        config.normEpsilon,
      );
    }
    const rows = tf.reshape(hidden, [count, length, config.width]);
    const last = tf.reshape(tf.slice(rows, [0, length - 1, 0], [count, 1, config.width]), [
      count,
      config.width,
    ]);
    return projectToVocabulary(weights, normalize(last, weights.norm, config.normEpsilon)) as tf.Tensor2D;
  });
  return { logits, cache };
}

interface StepTables {
  readonly cosines: tf.Tensor;
  readonly sines: tf.Tensor;
}

/** Rotates [N, heads, headWidth], all at one position. */
function rotateStep(input: tf.Tensor, tables: StepTables): tf.Tensor {
  const [count, heads, width] = input.shape as [number, number, number];
  const swapped = tf.reshape(tf.reverse(tf.reshape(input, [count * heads, 2, width / 2]), 1), input.shape);
  return tf.add(tf.mul(input, tables.cosines), tf.mul(swapped, tables.sines));
}

/** Replaces a cached tensor by itself with one more column. */
function append(cached: tf.Tensor[], layer: number, column: tf.Tensor): tf.Tensor {
  const old = cached[layer]!;
  const grown = tf.keep(tf.concat([old, column], 2));
  old.dispose();
  cached[layer] = grown;
  return grown;
}

function attendStep(
  projected: tf.Tensor,
  call: { config: PolicyConfig; cache: Cache; layer: number; mask: tf.Tensor | null; tables: StepTables },
): tf.Tensor {
  const { heads, keyValueHeads, headWidth } = call.config;
  const count = projected.shape[0]!;
  const split = tf.reshape(projected, [count, heads + 2 * keyValueHeads, headWidth]);
  const [queriesKeys, values] = tf.split(split, [heads + keyValueHeads, keyValueHeads], 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const [queries, keys] = tf.split(rotateStep(queriesKeys, call.tables), [heads, keyValueHeads], 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const column = [keyValueHeads, count, 1, headWidth];
  const allKeys = append(call.cache.keys, call.layer, tf.reshape(tf.transpose(keys, [1, 0, 2]), column));
  const allValues = append(
    call.cache.values,
    call.layer,
    tf.reshape(tf.transpose(values, [1, 0, 2]), column),
  );
  const shared = heads / keyValueHeads;
  const grouped = tf.transpose(tf.reshape(queries, [count, keyValueHeads, shared, headWidth]), [1, 0, 2, 3]);
  const scores = tf.matMul(grouped, allKeys, false, true);
  const probabilities = tf.softmax(call.mask === null ? scores : tf.add(scores, call.mask));
  const output = tf.matMul(probabilities, allValues);
  return tf.reshape(tf.transpose(output, [1, 0, 2, 3]), [count, heads * headWidth]);
}

/**
 * Feeds one token per row at column `position` and returns the logits [N, V] of the next; the cache grows by a column.
 *
 * @param call.ids [N] int32
 * @param call.mask [1, N, 1, position + 1], additive; null without padding
 */
export function decodeStep(
  config: PolicyConfig,
  weights: PolicyWeights,
  call: { cache: Cache; ids: Int32Array; position: number; mask: tf.Tensor | null },
): tf.Tensor2D {
  return tf.tidy(() => {
    const { cosines, sines } = createRotaryTables(config, call.position, 1);
    const tables = { cosines: tf.tensor1d(cosines), sines: tf.tensor1d(sines) };
    let hidden: tf.Tensor = tf.gather(weights.embedding, tf.tensor1d(call.ids, 'int32'));
    weights.layers.forEach((layer, index) => {
      const normal = normalize(hidden, layer.attentionNorm, config.normEpsilon);
      const projected = tf.matMul(normal, layer.attentionIn);
      const attended = attendStep(projected, {
        config,
        cache: call.cache,
        layer: index,
        mask: call.mask,
        tables,
      });
      hidden = feedForward(
        tf.add(hidden, tf.matMul(attended, layer.attentionOut)),
        layer,
        config.normEpsilon,
      );
    });
    return projectToVocabulary(weights, normalize(hidden, weights.norm, config.normEpsilon)) as tf.Tensor2D;
  });
}

/** Keeps the given rows (with repetition, in this order); the old cache is disposed. */
export function selectCacheRows(cache: Cache, rows: Int32Array): Cache {
  const select = (tensors: readonly tf.Tensor[]): tf.Tensor[] =>
    tensors.map((tensor) => {
      const selected = tf.tidy(() => tf.gather(tensor, tf.tensor1d(rows, 'int32'), 1));
      tensor.dispose();
      return selected;
    });
  return { keys: select(cache.keys), values: select(cache.values) };
}

export function disposeCache(cache: Cache): void {
  tf.dispose([cache.keys, cache.values]);
}
