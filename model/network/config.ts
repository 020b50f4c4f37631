import { CheckpointFormatError } from '../checkpoints/checkpoint-format-error.ts';
import { describeJson } from '../checkpoints/describe-json.ts';
import { parseJsonObject } from '../checkpoints/parse-json-object.ts';

/** A Llama-family architecture; sizes are counts of numbers, ids are token ids or null when the model has none. */
export interface PolicyConfig {
  /** V */
  readonly vocabularySize: number;
  /** D, the width of the residual stream */
  readonly width: number;
  /** L */
  readonly layers: number;
  /** H query heads */
  readonly heads: number;
  /** key/value heads; a divisor of `heads` */
  readonly keyValueHeads: number;
  /** width of one head */
  readonly headWidth: number;
  readonly feedForwardWidth: number;
  /** longest sequence the rotary tables are declared for */
  readonly maxPositions: number;
  readonly ropeTheta: number;
  readonly normEpsilon: number;
  /** whether the output matrix is the embedding matrix */
  readonly tiedEmbeddings: boolean;
  /** numbers per column that a head other than one over the vocabulary gives, as a critic's; absent for a language model */
  readonly outputs?: number;
  readonly beginId: number | null;
  readonly endId: number | null;
  readonly padId: number | null;
}

/** The model is well formed but of a kind this project does not run: pick another model. */
export class UnsupportedModelError extends Error {
  override readonly name = 'UnsupportedModelError';
}

type Json = Record<string, unknown>;

function readNumber(json: Json, key: string, fallback?: number): number {
  const value = json[key] ?? fallback;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw new CheckpointFormatError(
      `config.json: ${key} must be a positive number, found ${describeJson(value)}`,
    );
  }
  return value;
}

/** Sizes beyond this are no model's, and would exhaust memory before a weight is found missing. */
const MAX_SIZE = 2 ** 24;
const MAX_LAYERS = 1024;

function readCount(json: Json, key: string, fallback?: number): number {
  const value = readNumber(json, key, fallback);
  if (!Number.isSafeInteger(value)) {
    throw new CheckpointFormatError(`config.json: ${key} must be a whole number, found ${value}`);
  }
  return value;
}

/** An absent key takes the library's default; a null says that there is none. */
function readTokenId(json: Json, key: string, fallback: number | null): number | null {
  const stored = key in json ? json[key] : fallback;
  const value: unknown = Array.isArray(stored) && stored.length === 1 ? stored[0] : stored;
  if (value === null) return null;
  if (Array.isArray(value)) {
    throw new UnsupportedModelError(
      `config.json: ${key} lists ${value.length} ids; keep the one that ends a completion`,
    );
  }
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new CheckpointFormatError(`config.json: ${key} must be a token id, found ${describeJson(value)}`);
  }
  return value;
}

function refuse(what: string, found: unknown, expected: string): never {
  throw new UnsupportedModelError(
    `config.json: ${what} is ${describeJson(found)}, expected ${expected}; pick a plain Llama-family model`,
  );
}

/** The object under `key`; an absent one and a null are null. */
function readPart(json: Json, key: string): Json | null {
  const value = json[key] ?? null;
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new CheckpointFormatError(`config.json: ${key} must be an object, found ${describeJson(value)}`);
  }
  return value as Json;
}

function readRopeTheta(json: Json): number {
  const parameters = readPart(json, 'rope_parameters') ?? {};
  const type = parameters['rope_type'] ?? 'default';
  if (type !== 'default') refuse('rope_parameters.rope_type', type, '"default"');
  const scaling = readPart(json, 'rope_scaling');
  const scalingType = scaling?.['rope_type'] ?? scaling?.['type'] ?? 'default';
  if (scalingType !== 'default') refuse('rope_scaling', scaling, 'null');
  return 'rope_theta' in parameters
    ? readNumber(parameters, 'rope_theta')
    : readNumber(json, 'rope_theta', 10000);
}

function refuseUnsupported(json: Json): void {
  if (json['model_type'] !== 'llama') refuse('model_type', json['model_type'], '"llama"');
  const activation = json['hidden_act'] ?? 'silu';
  if (activation !== 'silu') refuse('hidden_act', activation, '"silu"');
  for (const key of ['attention_bias', 'mlp_bias']) {
    if (json[key] === true) refuse(key, true, 'false');
  }
}

/**
 * Reads the text of a Hugging Face `config.json` with `model_type: llama`, in the layout of transformers 4 (`rope_theta`)
 * or 5 (`rope_parameters`). Absent keys get the defaults of `LlamaConfig`.
 *
 * @throws CheckpointFormatError where a value is impossible
 * @throws UnsupportedModelError for another model type, rope scaling, biases or another activation
 */
export function parseConfig(text: string): PolicyConfig {
  const json = parseJsonObject(text, 'config.json');
  refuseUnsupported(json);
  const width = readCount(json, 'hidden_size', 4096);
  const heads = readCount(json, 'num_attention_heads', 32);
  return checkConfig({
    vocabularySize: readCount(json, 'vocab_size', 32000),
    width,
    layers: readCount(json, 'num_hidden_layers', 32),
    heads,
    keyValueHeads: readCount(json, 'num_key_value_heads', heads),
    headWidth: readCount(json, 'head_dim', width / heads),
    feedForwardWidth: readCount(json, 'intermediate_size', 11008),
    maxPositions: readCount(json, 'max_position_embeddings', 2048),
    ropeTheta: readRopeTheta(json),
    normEpsilon: readNumber(json, 'rms_norm_eps', 1e-6),
    tiedEmbeddings: json['tie_word_embeddings'] === true,
    beginId: readTokenId(json, 'bos_token_id', 1),
    endId: readTokenId(json, 'eos_token_id', 2),
    padId: readTokenId(json, 'pad_token_id', null),
  });
}

/**
 * Returns `config` after checking that its sizes fit together.
 *
 * @throws CheckpointFormatError naming the sizes that do not
 */
export function checkConfig(config: PolicyConfig): PolicyConfig {
  if (config.heads % config.keyValueHeads !== 0) {
    throw new CheckpointFormatError(
      `${config.heads} attention heads cannot share ${config.keyValueHeads} key/value heads; use a divisor`,
    );
  }
  const { layers, vocabularySize, width, heads, headWidth, feedForwardWidth } = config;
  const largest = Math.max(vocabularySize, width, heads * headWidth, feedForwardWidth);
  if (layers > MAX_LAYERS || largest > MAX_SIZE) {
    throw new CheckpointFormatError(
      `config.json describes ${layers} layers and sizes up to ${largest}, expected at most ${MAX_LAYERS} and ${MAX_SIZE}`,
    );
  }
  if (config.headWidth % 2 !== 0) {
    throw new CheckpointFormatError(
      `head width ${config.headWidth} is odd; rotary embeddings need an even one`,
    );
  }
  for (const id of [config.beginId, config.endId, config.padId]) {
    if (id !== null && id >= config.vocabularySize) {
      throw new CheckpointFormatError(
        `special token id ${id} lies outside a vocabulary of ${config.vocabularySize}`,
      );
    }
  }
  return config;
}

/** The text of `config.json`, with the keys of transformers 4 and 5 both present; deterministic. */
export function formatConfig(config: PolicyConfig): string {
  const json = {
    architectures: ['LlamaForCausalLM'],
    attention_bias: false,
    attention_dropout: 0,
    bos_token_id: config.beginId,
    dtype: 'float32',
    eos_token_id: config.endId,
    head_dim: config.headWidth,
    hidden_act: 'silu',
    hidden_size: config.width,
    initializer_range: 0.02,
    intermediate_size: config.feedForwardWidth,
    max_position_embeddings: config.maxPositions,
    mlp_bias: false,
    model_type: 'llama',
    num_attention_heads: config.heads,
    num_hidden_layers: config.layers,
    num_key_value_heads: config.keyValueHeads,
    pad_token_id: config.padId,
    rms_norm_eps: config.normEpsilon,
    rope_parameters: { rope_theta: config.ropeTheta, rope_type: 'default' },
    rope_theta: config.ropeTheta,
    tie_word_embeddings: config.tiedEmbeddings,
    torch_dtype: 'float32',
    use_cache: true,
    vocab_size: config.vocabularySize,
  };
  return `${JSON.stringify(json, null, 2)}\n`;
}
