import type { RolloutBatch } from '../model/sampler.ts';
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

function toTensors(rollouts: RolloutBatch): [string, StoredTensor][] {
  const { count, promptLength, completionLength, disparities } = rollouts;
  const tensors: [string, StoredTensor][] = [
    ['tokens', int32([count, promptLength + completionLength], rollouts.tokens)],
    ['prompt_starts', int32([count], rollouts.promptStarts)],
    ['completion_lengths', int32([count], rollouts.completionLengths)],
    ['finished', { dtype: 'U8', shape: [count], values: rollouts.finished }],
    ['logprobs', float32([count, completionLength], rollouts.logprobs)],
    ['entropies', float32([count, completionLength], rollouts.entropies)],
  ];
  if (disparities !== undefined) {
    tensors.push(['disparities', float32([count, completionLength], disparities)]);
  }
  return tensors;
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

function fromTensors(tensors: StoredTensors): RolloutBatch {
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
    ...(tensors.has('disparities') ? { disparities: take(tensors, 'disparities', 'F32').values } : {}),
  };
}

/**
 * A rollout batch as safetensors: tokens [N, P + T], logprobs, entropies and, where recorded, disparities [N, T], lengths
 * [N]; deterministic bytes.
 */
export function encodeRollouts(rollouts: RolloutBatch): Uint8Array {
  return encodeSafetensors(new Map(toTensors(rollouts)));
}

export function decodeRollouts(bytes: Uint8Array): RolloutBatch {
  return fromTensors(parseSafetensors(bytes));
}

/** A shaped batch: the rollouts kept by the gates, with advantages [N], credit [N, T] and token mask [N, T]. */
export function encodeShapedBatch(batch: ShapedBatch): Uint8Array {
  const { count, completionLength } = batch;
  return encodeSafetensors(
    new Map([
      ...toTensors(batch),
      ['advantages', float32([count], batch.advantages)],
      ['credit', float32([count, completionLength], batch.credit)],
      ['token_mask', float32([count, completionLength], batch.tokenMask)],
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
  };
}
