import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from './config.ts';
import { decodeStep, type Cache, type Decoded, type StepInputs } from './decode-step.ts';
import { toWeights, type Policy } from './policy.ts';
import { canRecord, recordFunction, type RecordedFunction } from './recorded-function.ts';
import { createRecordings } from './recordings.ts';

/** More shapes than a process meets. */
const recordings = createRecordings(48);

/** The tensors of a step in the order a recording takes them. */
function listStepInputs(policy: Policy, cache: Cache, inputs: StepInputs): tf.Tensor[] {
  const mask = inputs.mask === null ? [] : [inputs.mask];
  const { ids, cosines, sines } = inputs;
  return [ids, cosines, sines, ...mask, ...cache.keys, ...cache.values, ...policy.parameters];
}

function splitCache(config: PolicyConfig, tensors: readonly tf.Tensor[]): Cache {
  return { keys: tensors.slice(0, config.layers), values: tensors.slice(config.layers, 2 * config.layers) };
}

function recordStep(policy: Policy, cache: Cache, inputs: StepInputs): RecordedFunction {
  const { config } = policy;
  const start = inputs.mask === null ? 3 : 4;
  const body = (tensors: readonly tf.Tensor[]): tf.Tensor[] => {
    const [ids, cosines, sines] = tensors as [tf.Tensor1D, tf.Tensor, tf.Tensor];
    const mask = inputs.mask === null ? null : tensors[3]!;
    const cached = splitCache(config, tensors.slice(start));
    const weights = toWeights(config, tensors.slice(start + 2 * config.layers));
    const decoded = decodeStep(config, weights, { cache: cached, inputs: { ids, cosines, sines, mask } });
    return [decoded.logits, ...decoded.cache.keys, ...decoded.cache.values];
  };
  return recordFunction(body, listStepInputs(policy, cache, inputs), { freeShapes: true });
}

/** `decodeStep`, replayed as one graph where the backend can. The given cache is disposed. */
export function advanceCache(policy: Policy, cache: Cache, inputs: StepInputs): Decoded {
  let decoded: Decoded;
  if (canRecord()) {
    const key = JSON.stringify([policy.config, inputs.ids.size, inputs.mask === null]);
    const recording = recordings.find(key, () => recordStep(policy, cache, inputs));
    const [logits, ...tensors] = recording.run(listStepInputs(policy, cache, inputs));
    decoded = { logits: logits as tf.Tensor2D, cache: splitCache(policy.config, tensors) };
  } else {
    decoded = decodeStep(policy.config, policy.weights, { cache, inputs });
  }
  tf.dispose([...cache.keys, ...cache.values]);
  return decoded;
}
