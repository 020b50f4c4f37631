import * as tf from '@tensorflow/tfjs-core';
import { attendForCache } from '../network/attention.ts';
import type { PolicyConfig } from '../network/config.ts';
import { projectToVocabulary } from '../network/forward.ts';
import { toWeights, type LayerWeights, type Policy, type PolicyWeights } from '../network/policy.ts';
import { createRecordings } from '../backends/recordings.ts';
import { createInputs, type SequenceInputs, type TokenBatch } from '../network/token-batch.ts';

const prefills = createRecordings(16);

/** Keys (rotated) and values of N rows and t columns, per layer, each [N, keyValueHeads, t, headWidth]. */
export interface Cache {
  readonly keys: readonly tf.Tensor[];
  readonly values: readonly tf.Tensor[];
}

/** Logits [N, V] of the next token, and the cache that goes on from there. The caller disposes both. */
export interface Decoded {
  readonly logits: tf.Tensor2D;
  readonly cache: Cache;
}

/** What one step reads beside weights and cache. */
export interface StepInputs {
  /** [N] int32, the tokens fed */
  readonly ids: tf.Tensor1D;
  /** [headWidth] rotary tables of the column the tokens stand in */
  readonly cosines: tf.Tensor;
  readonly sines: tf.Tensor;
  /** additive, broadcast over [N, keyValueHeads, queries per head, cached columns]; null when all columns are seen */
  readonly mask: tf.Tensor | null;
}

/** Puts one column [N, keyValueHeads, 1, headWidth] into cached keys or values and returns what attention reads. */
export type ColumnWriter = (cached: tf.Tensor, column: tf.Tensor) => tf.Tensor;

/** The portable writer: a new tensor that is a column longer. */
export const appendColumn: ColumnWriter = (cached, column) =>
  tf.concat([cached as tf.Tensor4D, column as tf.Tensor4D], 2);

/** x / √(mean(x²) + epsilon) · gain, without a gradient. */
function normalize(input: tf.Tensor, gain: tf.Tensor, epsilon: number): tf.Tensor {
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(input), -1, true), epsilon));
  return tf.mul(tf.mul(input, scale), gain);
}

function feedForward(hidden: tf.Tensor, layer: LayerWeights, epsilon: number): tf.Tensor {
  const normal = normalize(hidden, layer.feedForwardNorm, epsilon);
  const gate = tf.matMul(normal, layer.feedForwardGate);
  const up = tf.matMul(normal, layer.feedForwardUp);
  const activated = tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
  return tf.add(hidden, tf.matMul(activated, layer.feedForwardOut));
}

function toLogits(config: PolicyConfig, weights: PolicyWeights, hidden: tf.Tensor): tf.Tensor2D {
  return projectToVocabulary(weights, normalize(hidden, weights.norm, config.normEpsilon)) as tf.Tensor2D;
}

/** The prompts' network: logits after the last column, then keys and values by layer. */
function prefill(weights: PolicyWeights, inputs: SequenceInputs): tf.Tensor[] {
  const { config, count, length } = inputs;
  const keys: tf.Tensor[] = [];
  const values: tf.Tensor[] = [];
  let hidden: tf.Tensor = tf.gather(weights.embedding, inputs.ids);
  for (const layer of weights.layers) {
    const normal = normalize(hidden, layer.attentionNorm, config.normEpsilon);
    const attended = attendForCache(tf.matMul(normal, layer.attentionIn), inputs);
    keys.push(tf.transpose(attended.keys, [1, 0, 2, 3]));
    values.push(tf.transpose(attended.values, [1, 0, 2, 3]));
    const mixed = tf.add(hidden, tf.matMul(attended.output, layer.attentionOut));
    hidden = feedForward(mixed, layer, config.normEpsilon);
  }
  const rows = tf.reshape(hidden, [count, length, config.width]);
  const last = tf.slice(rows, [0, length - 1, 0], [count, 1, config.width]);
  return [toLogits(config, weights, tf.reshape(last, [count, config.width])), ...keys, ...values];
}

/** Runs the prompts of `batch` (all its columns); the logits are those after the last column. */
export function prefillCache(policy: Policy, batch: TokenBatch): Decoded {
  const { config, parameters } = policy;
  const inputs = createInputs(config, batch, batch.length);
  const read = [inputs.ids, inputs.mask, inputs.cosines, inputs.sines];
  const body = (tensors: readonly tf.Tensor[]): tf.Tensor[] => {
    const [ids, mask, cosines, sines] = tensors as [tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor];
    const weights = toWeights(config, tensors.slice(read.length));
    return prefill(weights, { ...inputs, ids, mask, cosines, sines });
  };
  const [logits, ...cached] = prefills.run(JSON.stringify(config), body, [...read, ...parameters]);
  tf.dispose(read);
  const cache = { keys: cached.slice(0, config.layers), values: cached.slice(config.layers) };
  return { logits: logits as tf.Tensor2D, cache };
}

/** Rotates [N, heads, headWidth], all at one position. */
function rotateStep(input: tf.Tensor, tables: Pick<StepInputs, 'cosines' | 'sines'>): tf.Tensor {
  const [count, heads, width] = input.shape as [number, number, number];
  const swapped = tf.reshape(tf.reverse(tf.reshape(input, [count * heads, 2, width / 2]), 1), input.shape);
  return tf.add(tf.mul(input, tables.cosines), tf.mul(swapped, tables.sines));
}

interface LayerCache {
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
}

function attendStep(
  projected: tf.Tensor,
  cached: LayerCache,
  call: { config: PolicyConfig; inputs: StepInputs; write: ColumnWriter },
): { output: tf.Tensor; cached: LayerCache } {
  const { heads, keyValueHeads, headWidth } = call.config;
  const { inputs } = call;
  const count = projected.shape[0]!;
  const split = tf.reshape(projected, [count, heads + 2 * keyValueHeads, headWidth]);
  const [rotating, value] = tf.split(split, [heads + keyValueHeads, keyValueHeads], 1) as [
    tf.Tensor,
    tf.Tensor,
  ];
  const rotated = tf.split(rotateStep(rotating, inputs), [heads, keyValueHeads], 1);
  const [query, key] = rotated as [tf.Tensor, tf.Tensor];
  const column = [count, keyValueHeads, 1, headWidth];
  const keys = call.write(cached.keys, tf.reshape(key, column));
  const values = call.write(cached.values, tf.reshape(value, column));
  const grouped = tf.reshape(query, [count, keyValueHeads, heads / keyValueHeads, headWidth]);
  const scores = tf.matMul(grouped, keys, false, true);
  const probabilities = tf.softmax(inputs.mask === null ? scores : tf.add(scores, inputs.mask));
  const output = tf.reshape(tf.matMul(probabilities, values), [count, heads * headWidth]);
  return { output, cached: { keys, values } };
}

/**
 * Feeds one token per row; the returned cache is what `write` made of it. Nothing but the cached tensors' shapes depends on
 * how many columns there are, so that a recording serves all of them.
 */
export function decodeStep(
  config: PolicyConfig,
  weights: PolicyWeights,
  call: { cache: Cache; inputs: StepInputs; write: ColumnWriter },
): Decoded {
  return tf.tidy(() => {
    const { cache, inputs, write } = call;
    let hidden: tf.Tensor = tf.gather(weights.embedding, inputs.ids);
    const grown = weights.layers.map((layer, index) => {
      const projected = tf.matMul(
        normalize(hidden, layer.attentionNorm, config.normEpsilon),
        layer.attentionIn,
      );
      const cached = { keys: cache.keys[index]!, values: cache.values[index]! };
      const attended = attendStep(projected, cached, { config, inputs, write });
      const mixed = tf.add(hidden, tf.matMul(attended.output, layer.attentionOut));
      hidden = feedForward(mixed, layer, config.normEpsilon);
      return attended.cached;
    });
    const keys = grown.map((cached) => cached.keys);
    const values = grown.map((cached) => cached.values);
    return { logits: toLogits(config, weights, hidden), cache: { keys, values } };
  });
}

/** The given rows of a cache (with repetition, in this order), as new tensors. */
export function selectCacheRows(cache: Cache, rows: Int32Array): Cache {
  return tf.tidy(() => {
    const indices = tf.tensor1d(rows, 'int32');
    const select = (tensor: tf.Tensor): tf.Tensor => tf.gather(tensor, indices);
    return { keys: cache.keys.map(select), values: cache.values.map(select) };
  });
}

export function disposeCache(cache: Cache): void {
  tf.dispose([...cache.keys, ...cache.values]);
}
