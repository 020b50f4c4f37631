import * as tf from '@tensorflow/tfjs-core';
import { attendForCache } from '../network/attention.ts';
import type { PolicyConfig } from '../network/config.ts';
import { takeColumns } from '../network/forward.ts';
import { toWeights, type PolicyWeights } from '../network/parameter-layout.ts';
import { type Policy } from '../network/policy.ts';
import { createRecordings } from '../backends/recordings.ts';
import { rotate, type RotaryTensors } from '../network/rotary.ts';
import { createInputs, widthOf, type SequenceInputs, type TokenBatch } from '../network/token-batch.ts';
import { normalizeFinal, projectToVocabulary, runLayers, type Attention } from '../network/transformer.ts';

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

/** What one step reads beside weights and cache; the tables are those of the column the tokens stand in. */
export interface StepInputs extends RotaryTensors {
  /** [N] int32, the tokens fed */
  readonly ids: tf.Tensor1D;
  /** additive, broadcast over [N, keyValueHeads, queries per head, cached columns]; null when all columns are seen */
  readonly mask: tf.Tensor | null;
}

/** Puts one column [N, keyValueHeads, 1, headWidth] into cached keys or values and returns what attention reads. */
export type ColumnWriter = (cached: tf.Tensor, column: tf.Tensor) => tf.Tensor;

/** The portable writer: a new tensor that is a column longer. */
export const appendColumn: ColumnWriter = (cached, column) =>
  tf.concat([cached as tf.Tensor4D, column as tf.Tensor4D], 2);

function toLogits(config: PolicyConfig, weights: PolicyWeights, hidden: tf.Tensor): tf.Tensor2D {
  return projectToVocabulary(weights, normalizeFinal(weights, hidden, config)) as tf.Tensor2D;
}

/** The prompts' network: logits after the last column, then keys and values by layer. */
function prefill(weights: PolicyWeights, inputs: SequenceInputs): tf.Tensor[] {
  const { config, ids, length } = inputs;
  const keys: tf.Tensor[] = [];
  const values: tf.Tensor[] = [];
  const attend: Attention = (projected) => {
    const attended = attendForCache(projected, inputs);
    keys.push(tf.transpose(attended.keys, [1, 0, 2, 3]));
    values.push(tf.transpose(attended.values, [1, 0, 2, 3]));
    return attended.output;
  };
  const hidden = runLayers(weights, { config, ids, attend });
  const last = takeColumns(hidden, inputs, length - 1);
  return [toLogits(config, weights, last), ...keys, ...values];
}

/** Runs the prompts of `batch` (all its columns); the logits are those after the last column. */
export function prefillCache(policy: Policy, batch: TokenBatch): Decoded {
  const { config, parameters } = policy;
  const inputs = createInputs(config, batch, widthOf(batch));
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

interface LayerCache {
  readonly keys: tf.Tensor;
  readonly values: tf.Tensor;
}

/** Attention of one column per row over the cached ones and itself: [N, (H + 2·keyValueHeads)·headWidth] → [N, H·headWidth]. */
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
  const rotated = tf.split(rotate(rotating, inputs, headWidth), [heads, keyValueHeads], 1);
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
    const grown: LayerCache[] = [];
    const attend: Attention = (projected, layer) => {
      const cached = { keys: cache.keys[layer]!, values: cache.values[layer]! };
      const attended = attendStep(projected, cached, { config, inputs, write });
      grown.push(attended.cached);
      return attended.output;
    };
    const logits = toLogits(config, weights, runLayers(weights, { config, ids: inputs.ids, attend }));
    const keys = grown.map((cached) => cached.keys);
    const values = grown.map((cached) => cached.values);
    return { logits, cache: { keys, values } };
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
