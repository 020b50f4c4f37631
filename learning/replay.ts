import * as tf from '@tensorflow/tfjs-core';
import { canRecord, recordFunction } from '../model/backends/recorded-function.ts';
import { createRecordings } from '../model/backends/recordings.ts';

/** More shapes than a run meets. */
const recordings = createRecordings(64);

/**
 * Calls a function of tensors; where the backend can, as one graph, from the first call on: what a step computes must not
 * depend on what the process did before, and a graph may round otherwise than its operations one by one.
 *
 * @param key names everything `body` does that the shapes of `inputs` do not tell
 */
export function replay(
  key: string,
  body: (inputs: readonly tf.Tensor[]) => tf.Tensor[],
  inputs: readonly tf.Tensor[],
): tf.Tensor[] {
  if (!canRecord()) return tf.tidy(() => body(inputs));
  const shapes = inputs.map(({ shape }) => shape.join('×')).join();
  return recordings.find(`${key} ${shapes}`, () => recordFunction(body, inputs)).run(inputs);
}
