import type { ScoredRollouts } from '../learning/score-rollouts.ts';
import {
  encodeSafetensors,
  parseSafetensors,
  type StoredTensor,
  type StoredTensors,
} from '../model/safetensors.ts';
import type { ShapedBatch } from '../learning/update-policy.ts';

function int32(shape: readonly number[], values: Int32Array): StoredTensor {
  return { dtype: 'I32', shape, values };
}

function float32(shape: readonly number[], values: Float32Array): StoredTensor {
  return { dtype: 'F32', shape, values };
}

/** Arrays [N, T] that a batch holds where the scheme asks for them, and their names in the file. */
const optionalArrays = {
  disparities: 'disparities',
  referenceLogprobs: 'reference_logprobs',
  values: 'values',
} as const;

/** Those of a shaped batch whose scheme trains a critic. */
const criticArrays = { returns: 'returns', valueMask: 'value_mask' } as const;

function toOptionalTensors<Field extends string>(
  arrays: { readonly [Name in NoInfer<Field>]?: Float32Array },
  names: Readonly<Record<Field, string>>,
  shape: readonly number[],
): [string, StoredTensor][] {
  return (Object.entries(names) as [Field, string][]).flatMap(([field, name]): [string, StoredTensor][] => {
    const values = arrays[field];
    return values === undefined ? [] : [[name, float32(shape, values)]];
  });
}

function fromOptionalTensors<Field extends string>(
  tensors: StoredTensors,
  names: Readonly<Record<Field, string>>,
): { [Name in Field]?: Float32Array } {
  const present = (Object.entries(names) as [Field, string][]).filter(([, name]) => tensors.has(name));
  return Object.fromEntries(present.map(([field, name]) => [field, take(tensors, name, 'F32').values])) as {
    [Name in Field]?: Float32Array;
  };
}

function toTensors(rollouts: ScoredRollouts): [string, StoredTensor][] {
  const { count, promptLength, completionLength } = rollouts;
  return [
    ['tokens', int32([count, promptLength + completionLength], rollouts.tokens)],
    ['prompt_starts', int32([count], rollouts.promptStarts)],
    ['completion_lengths', int32([count], rollouts.completionLengths)],
    ['finished', { dtype: 'U8', shape: [count], values: rollouts.finished }],
    ['logprobs', float32([count, completionLength], rollouts.logprobs)],
    ['entropies', float32([count, completionLength], rollouts.entropies)],
    ...toOptionalTensors(rollouts, optionalArrays, [count, completionLength]),
  ];
}

function take<Dtype extends StoredTensor['dtype']>(
  tensors: StoredTensors,
  name: string,
  dtype: Dtype,
): Extract<StoredTensor, { dtype: Dtype }> {
  const tensor = tensors.get(name);
  if (tensor?.dtype !== dtype) {
    throw new TypeError(`a rollout artifact holds ${name} as ${dtype}; found ${tensor?.dtype ?? 'nothing'}`);
  }
  return tensor as Extract<StoredTensor, { dtype: Dtype }>;
}

function fromTensors(tensors: StoredTensors): ScoredRollouts {
  const tokens = take(tensors, 'tokens', 'I32');
  const logprobs = take(tensors, 'logprobs', 'F32');
  const [count, length] = tokens.shape as [number, number];
  const completionLength = logprobs.shape[1]!;
  return {
    count,
    promptLength: length - completionLength,
    completionLength,
    tokens: tokens.values,
    promptStarts: take(tensors, 'prompt_starts', 'I32').values,
    completionLengths: take(tensors, 'completion_lengths', 'I32').values,
    finished: take(tensors, 'finished', 'U8').values,
    logprobs: logprobs.values,
    entropies: take(tensors, 'entropies', 'F32').values,
    ...fromOptionalTensors(tensors, optionalArrays),
  };
}

/**
 * A rollout batch as safetensors: tokens [N, P + T]; logprobs, entropies and, where recorded, disparities, reference logprobs
 * and values [N, T]; lengths [N]; deterministic bytes.
 */
export function encodeRollouts(rollouts: ScoredRollouts): Uint8Array {
  return encodeSafetensors(new Map(toTensors(rollouts)));
}

export function decodeRollouts(bytes: Uint8Array): ScoredRollouts {
  return fromTensors(parseSafetensors(bytes));
}

/** A shaped batch: the rollouts kept by the gates, with advantages [N], credit and token mask [N, T]; for a critic returns. */
export function encodeShapedBatch(batch: ShapedBatch): Uint8Array {
  const { count, completionLength } = batch;
  return encodeSafetensors(
    new Map([
      ...toTensors(batch),
      ['advantages', float32([count], batch.advantages)],
      ['credit', float32([count, completionLength], batch.credit)],
      ['token_mask', float32([count, completionLength], batch.tokenMask)],
      ...toOptionalTensors(batch, criticArrays, [count, completionLength]),
    ]),
  );
}

export function decodeShapedBatch(bytes: Uint8Array): ShapedBatch {
  const tensors = parseSafetensors(bytes);
  return {
    ...fromTensors(tensors),
    advantages: take(tensors, 'advantages', 'F32').values,
    credit: take(tensors, 'credit', 'F32').values,
    tokenMask: take(tensors, 'token_mask', 'F32').values,
    ...fromOptionalTensors(tensors, criticArrays),
  };
}
