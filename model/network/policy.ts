import * as tf from '@tensorflow/tfjs-core';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { CheckpointFormatError } from '../checkpoints/checkpoint-format-error.ts';
import { checkConfig, type PolicyConfig } from './config.ts';
import { listStoredParts, toWeights, type PolicyWeights, type StoredPart } from './parameter-layout.ts';
import type { StoredTensors } from '../checkpoints/safetensors.ts';

/** A language model being trained or sampled from; it owns its variables until `disposePolicy`. */
export interface Policy {
  readonly config: PolicyConfig;
  /** Every parameter once, in the order of `listParameterNames`; several Hugging Face matrices may share one. */
  readonly parameters: readonly tf.Variable[];
  /** The same variables by role. */
  readonly weights: PolicyWeights;
}

/** Wraps arrays in the order of `listParameterNames` as a policy's variables. */
function wrapParameters(config: PolicyConfig, arrays: readonly Float32Array[]): Policy {
  const layouts = listStoredParts(config);
  const parameters = tf.tidy(() =>
    arrays.map((values, index) => tf.variable(tf.tensor(values, [...layouts[index]!.shape], 'float32'))),
  );
  return { config, parameters, weights: toWeights(config, parameters) };
}

/** Copies `part` out of its Hugging Face [out, in] matrix into the columns it has in memory. */
function readPart(values: Float32Array, part: StoredPart, target: Float32Array): void {
  if (!part.transposed) {
    target.set(values);
    return;
  }
  const [outputs, inputs] = part.shape as [number, number];
  for (let output = 0; output < outputs; output += 1) {
    let to = part.column + output;
    for (let input = 0; input < inputs; input += 1, to += part.columns) {
      target[to] = values[output * inputs + input]!;
    }
  }
}

function writePart(source: Float32Array, part: StoredPart): Float32Array {
  if (!part.transposed) return source.slice();
  const [outputs, inputs] = part.shape as [number, number];
  const values = new Float32Array(outputs * inputs);
  for (let output = 0; output < outputs; output += 1) {
    let from = part.column + output;
    for (let input = 0; input < inputs; input += 1, from += part.columns) {
      values[output * inputs + input] = source[from]!;
    }
  }
  return values;
}

function takeStored(stored: StoredTensors, part: StoredPart, prefix: string): Float32Array {
  const name = prefix + part.name;
  const tensor = stored.get(name);
  if (tensor === undefined) {
    throw new CheckpointFormatError(`weight ${name} is missing; the checkpoint does not fit its config.json`);
  }
  if (tensor.dtype !== 'F32' || tensor.shape.join() !== part.shape.join()) {
    throw new CheckpointFormatError(
      `weight ${name} is ${tensor.dtype} [${tensor.shape.join(', ')}], expected a float of [${part.shape.join(', ')}] by config.json`,
    );
  }
  return tensor.values;
}

/**
 * Arrays in Hugging Face's names and [out, in] layout → one array per parameter, in the order and layout of
 * `listParameterNames`. `prefix` precedes every name (optimizer moments are stored so).
 *
 * @throws CheckpointFormatError where one is missing or has another shape
 */
export function fromStoredTensors(config: PolicyConfig, stored: StoredTensors, prefix = ''): Float32Array[] {
  return listStoredParts(config).map(({ shape, parts }) => {
    // Found and of the right shape before memory is asked for: the sizes are the config's word only.
    const found = parts.map((part) => takeStored(stored, part, prefix));
    const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
    for (const [i, part] of parts.entries()) readPart(found[i]!, part, values);
    return values;
  });
}

/** The inverse of `fromStoredTensors`; `values` hold one array per parameter, in the order of `listParameterNames`. */
export function toStoredTensors(
  config: PolicyConfig,
  values: readonly Float32Array[],
  prefix = '',
): StoredTensors {
  const stored = listStoredParts(config).flatMap(({ parts }, index) =>
    parts.map((part) => {
      const tensor = { dtype: 'F32', shape: part.shape, values: writePart(values[index]!, part) } as const;
      return [prefix + part.name, tensor] as const;
    }),
  );
  return new Map(stored);
}

/**
 * A policy from weights in Hugging Face's names and layout; names the architecture does not have are refused.
 *
 * @throws CheckpointFormatError where a weight is missing, superfluous or has another shape than the config says
 */
export function createPolicyFromTensors(config: PolicyConfig, stored: StoredTensors): Policy {
  checkConfig(config);
  const known = new Set(listStoredParts(config).flatMap(({ parts }) => parts.map(({ name }) => name)));
  if (config.tiedEmbeddings) known.add('lm_head.weight');
  for (const name of stored.keys()) {
    // Old checkpoints also store the rotary frequencies, which follow from the config.
    if (!known.has(name) && !name.endsWith('rotary_emb.inv_freq')) {
      throw new CheckpointFormatError(
        `weight ${name.slice(0, 100)} has no place in the model that config.json describes`,
      );
    }
  }
  return wrapParameters(config, fromStoredTensors(config, stored));
}

/** The standard deviation Hugging Face gives matrices of models a few hundred wide and more. */
const DEFAULT_INITIALIZER_RANGE = 0.02;

/**
 * A freshly initialised policy: norms 1, matrices normal with standard deviation `initializerRange`, those that write to
 * the residual stream divided by √(2·layers) (Radford et al. 2019, section 2.3). Depends on its arguments only.
 */
export function createPolicy(
  config: PolicyConfig,
  seed: number,
  initializerRange = DEFAULT_INITIALIZER_RANGE,
): Policy {
  const stream = deriveStream(seed, 'policy');
  const residualScale = 1 / Math.sqrt(2 * config.layers);
  const stored = listStoredParts(checkConfig(config)).flatMap(({ parts }) => parts);
  const tensors = stored.map((part, index) => {
    const size = part.shape.reduce((product, length) => product * length, 1);
    const values = new Float32Array(size).fill(1);
    if (part.shape.length === 2) {
      const generator = createGenerator(stream, index);
      const deviation = initializerRange * (part.writesResidual ? residualScale : 1);
      for (let i = 0; i < size; i += 1) values[i] = generator.normal() * deviation;
    }
    return [part.name, { dtype: 'F32', shape: part.shape, values }] as const;
  });
  return createPolicyFromTensors(config, new Map(tensors));
}

/** The current weights in Hugging Face's names and layout (copies). */
export function exportWeights(policy: Policy): StoredTensors {
  return toStoredTensors(policy.config, readParameters(policy));
}

/** The current value of every parameter, in the order of `listParameterNames`; read only. */
export function readParameters(policy: Policy): Float32Array[] {
  return policy.parameters.map((parameter) => parameter.dataSync() as Float32Array);
}

/** Gives every parameter a new value; the arrays belong to the policy afterwards. */
export function writeParameters(policy: Policy, arrays: readonly Float32Array[]): void {
  policy.parameters.forEach((parameter, index) => {
    const tensor = tf.tensor(arrays[index]!, parameter.shape, 'float32');
    parameter.assign(tensor);
    tensor.dispose();
  });
}

/** An independent copy with the same weights, for a frozen reference or behavior policy. */
export function clonePolicy(policy: Policy): Policy {
  return createPolicyFromTensors(policy.config, exportWeights(policy));
}

/** How many numbers the policy has. */
export function countParameters(policy: Policy): number {
  return policy.parameters.reduce((sum, parameter) => sum + parameter.size, 0);
}

export function disposePolicy(policy: Policy): void {
  tf.dispose([...policy.parameters]);
}
