import type * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from './config.ts';

/** The weights of one decoder layer; matrices are [in, out], so that activations [M, in] multiply from the left. */
export interface LayerWeights {
  /** [D] */
  readonly attentionNorm: tf.Tensor;
  /** [D, (H + 2·keyValueHeads)·headWidth]: queries, keys, values side by side */
  readonly attentionIn: tf.Tensor;
  /** [H·headWidth, D] */
  readonly attentionOut: tf.Tensor;
  /** [D] */
  readonly feedForwardNorm: tf.Tensor;
  /** [D, feedForwardWidth]; apart from `feedForwardUp`, because cutting their joint product costs more than a second matmul */
  readonly feedForwardGate: tf.Tensor;
  /** [D, feedForwardWidth] */
  readonly feedForwardUp: tf.Tensor;
  /** [feedForwardWidth, D] */
  readonly feedForwardOut: tf.Tensor;
}

/** All weights of a policy, float32. */
export interface PolicyWeights {
  /** [V, D] */
  readonly embedding: tf.Tensor;
  readonly layers: readonly LayerWeights[];
  /** [D] */
  readonly norm: tf.Tensor;
  /** [D, V]; null when the embedding is used in its place */
  readonly head: tf.Tensor | null;
}

/** One Hugging Face matrix (or norm) and its place inside an in-memory parameter. */
export interface StoredPart {
  /** the name in `model.safetensors` */
  readonly name: string;
  /** [out, in] or [D] as stored */
  readonly shape: readonly number[];
  /** whether memory holds it as [in, out] */
  readonly transposed: boolean;
  /** first column in the in-memory matrix */
  readonly column: number;
  /** width of the in-memory matrix */
  readonly columns: number;
  /** whether its output is added to the residual stream */
  readonly writesResidual: boolean;
}

/** An in-memory parameter and the stored parts that make it up. */
export interface ParameterLayout {
  readonly shape: readonly number[];
  readonly parts: readonly StoredPart[];
}

function plain(name: string, shape: readonly number[]): ParameterLayout {
  return {
    shape,
    parts: [{ name, shape, transposed: false, column: 0, columns: 0, writesResidual: false }],
  };
}

/** Projections of the same input, fused side by side: each `[name, outputs]` is stored as [outputs, inputs]. */
function fused(
  inputs: number,
  projections: readonly (readonly [string, number])[],
  writesResidual = false,
): ParameterLayout {
  const columns = projections.reduce((sum, [, outputs]) => sum + outputs, 0);
  let column = 0;
  const parts = projections.map(([name, outputs]) => {
    const part = { name, shape: [outputs, inputs], transposed: true, column, columns, writesResidual };
    column += outputs;
    return part;
  });
  return { shape: [inputs, columns], parts };
}

function layoutLayer(config: PolicyConfig, layer: number): ParameterLayout[] {
  const { width, headWidth, feedForwardWidth } = config;
  const name = (suffix: string): string => `model.layers.${layer}.${suffix}.weight`;
  const queries = config.heads * headWidth;
  const keys = config.keyValueHeads * headWidth;
  return [
    plain(name('input_layernorm'), [width]),
    fused(width, [
      [name('self_attn.q_proj'), queries],
      [name('self_attn.k_proj'), keys],
      [name('self_attn.v_proj'), keys],
    ]),
    fused(queries, [[name('self_attn.o_proj'), width]], true),
    plain(name('post_attention_layernorm'), [width]),
    fused(width, [[name('mlp.gate_proj'), feedForwardWidth]]),
    fused(width, [[name('mlp.up_proj'), feedForwardWidth]]),
    fused(feedForwardWidth, [[name('mlp.down_proj'), width]], true),
  ];
}

/** Hugging Face calls a head that gives scores instead of logits `score`. */
function layoutHead({ outputs, vocabularySize, width }: PolicyConfig): ParameterLayout {
  return fused(width, [
    outputs === undefined ? ['lm_head.weight', vocabularySize] : ['score.weight', outputs],
  ]);
}

/** How each in-memory parameter, in the order of `listParameterNames`, is stored in a Hugging Face file. */
export function listStoredParts(config: PolicyConfig): ParameterLayout[] {
  const { vocabularySize, width } = config;
  const layers = Array.from({ length: config.layers }, (_, layer) => layoutLayer(config, layer));
  return [
    plain('model.embed_tokens.weight', [vocabularySize, width]),
    ...layers.flat(),
    plain('model.norm.weight', [width]),
    ...(config.tiedEmbeddings ? [] : [layoutHead(config)]),
  ];
}

const LAYER_ROLES = [
  'attentionNorm',
  'attentionIn',
  'attentionOut',
  'feedForwardNorm',
  'feedForwardGate',
  'feedForwardUp',
  'feedForwardOut',
] as const satisfies readonly (keyof LayerWeights)[];

/** Names of the in-memory parameters, in order: `embedding`, `layers.0.attentionNorm` …, `norm`, then `head` unless tied. */
export function listParameterNames(config: PolicyConfig): string[] {
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    LAYER_ROLES.map((role) => `layers.${layer}.${role}`),
  );
  return ['embedding', ...layers.flat(), 'norm', ...(config.tiedEmbeddings ? [] : ['head'])];
}

/** Gives tensors in the order of `listParameterNames` their roles. */
export function toWeights(config: PolicyConfig, tensors: readonly tf.Tensor[]): PolicyWeights {
  const names = listParameterNames(config);
  if (tensors.length !== names.length) {
    throw new RangeError(`a policy of this shape has ${names.length} parameters, found ${tensors.length}`);
  }
  const byName = new Map(names.map((name, index) => [name, tensors[index]!]));
  const layers = Array.from({ length: config.layers }, (_, layer) => {
    const entries = LAYER_ROLES.map((role) => [role, byName.get(`layers.${layer}.${role}`)!]);
    return Object.fromEntries(entries) as LayerWeights;
  });
  return {
    embedding: byName.get('embedding')!,
    layers,
    norm: byName.get('norm')!,
    head: byName.get('head') ?? null,
  };
}
