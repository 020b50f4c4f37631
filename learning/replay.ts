import * as tf from '@tensorflow/tfjs-core';
import { canRecord, recordFunction, type RecordedFunction } from '../model/recorded-function.ts';

/** Recordings by key and shapes; they hold no weights, so policies of one architecture share them. */
const recordings = new Map<string, RecordedFunction>();
/** More shapes than a run meets; the oldest goes first. */
const MAX_RECORDINGS = 64;

function findRecording(
  key: string,
  body: (inputs: readonly tf.Tensor[]) => tf.Tensor[],
  inputs: readonly tf.Tensor[],
): RecordedFunction {
  const known = recordings.get(key);
  if (known !== undefined) return known;
  const recording = recordFunction(body, inputs);
  const [oldest] = recordings.keys();
  if (recordings.size >= MAX_RECORDINGS && oldest !== undefined) {
    recordings.get(oldest)?.dispose();
    recordings.delete(oldest);
  }
  recordings.set(key, recording);
  return recording;
}

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
  return findRecording(`${key} ${shapes}`, body, inputs).run(inputs);
}
