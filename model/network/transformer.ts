import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from './config.ts';
import { embedTokens } from './embedding.ts';
import { activateGated } from './feed-forward.ts';
import type { LayerWeights, PolicyWeights } from './parameter-layout.ts';
import { normalizeRms } from './rms-norm.ts';

/**
 * How columns see one another: queries, keys and values [M, (H + 2·keyValueHeads)·headWidth] of layer `layer`, not rotated
 * yet → [M, H·headWidth]. Only here do whole sequences and single steps differ: sequences want heads first and a gradient
 * written by hand; a step reads keys and values where the cache has them, without copying them or repeating shared heads.
 */
export type Attention = (projected: tf.Tensor, layer: number) => tf.Tensor;

export interface LayersCall {
  readonly config: PolicyConfig;
  /** [M] int32 */
  readonly ids: tf.Tensor1D;
  readonly attend: Attention;
  /** [M, …] → the rows that go on after the last layer's attention; all unless told */
  readonly keepLast?: (rows: tf.Tensor) => tf.Tensor;
}

/**
 * Queries, keys and values side by side, [M, D] → [M, (H + 2·keyValueHeads)·headWidth]. What an architecture does to them
 * before they are rotated belongs here.
 */
function projectHeads(hidden: tf.Tensor, layer: LayerWeights, config: PolicyConfig): tf.Tensor {
  const normal = normalizeRms(hidden, layer.attentionNorm, config.normEpsilon);
  return tf.matMul(normal, layer.attentionIn);
}

/** [M, D] → [M, D] */
function addFeedForward(hidden: tf.Tensor, layer: LayerWeights, config: PolicyConfig): tf.Tensor {
  const normal = normalizeRms(hidden, layer.feedForwardNorm, config.normEpsilon);
  const activated = activateGated(
    tf.matMul(normal, layer.feedForwardGate),
    tf.matMul(normal, layer.feedForwardUp),
  );
  return tf.add(hidden, tf.matMul(activated, layer.feedForwardOut));
}

/**
 * Embedding and decoder layers, up to the final norm: [M] ids → [M', D] with the M' rows that `keepLast` keeps.
 * Differentiable in the weights where `attend` is in its input.
 */
export function runLayers(weights: PolicyWeights, call: LayersCall): tf.Tensor {
  const { config, attend, keepLast } = call;
  let hidden = embedTokens(weights.embedding, call.ids);
  weights.layers.forEach((layer, index) => {
    let attended = attend(projectHeads(hidden, layer, config), index);
    if (keepLast !== undefined && index === weights.layers.length - 1) {
      [hidden, attended] = [keepLast(hidden), keepLast(attended)];
    }
    const mixed = tf.add(hidden, tf.matMul(attended, layer.attentionOut));
    hidden = addFeedForward(mixed, layer, config);
  });
  return hidden;
}

/** What the layers made of the tokens, normalized: [M, D] → [M, D]. */
export function normalizeFinal(weights: PolicyWeights, hidden: tf.Tensor, config: PolicyConfig): tf.Tensor {
  return normalizeRms(hidden, weights.norm, config.normEpsilon);
}

/** [M, D] after the final norm → logits [M, V], or a critic's scores [M, 1]. */
export function projectToVocabulary(weights: PolicyWeights, hidden: tf.Tensor): tf.Tensor {
  return weights.head === null
    ? tf.matMul(hidden, weights.embedding, false, true)
    : tf.matMul(hidden, weights.head);
}
