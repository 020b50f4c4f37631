import * as tf from '@tensorflow/tfjs-core';
import { LRUCache } from 'lru-cache';
import { canRecord, recordFunction, type RecordedFunction } from './recorded-function.ts';

/** Recordings by what they depend on. They hold no weights, so policies of one architecture share them. */
export interface Recordings {
  /** The recording known as `key`, made by `record` when it is the first of that name. */
  find(key: string, record: () => RecordedFunction): RecordedFunction;
  /**
   * `body(inputs)`, as one graph where the backend can; `key` names everything `body` does that the shapes of `inputs` do
   * not tell. Replayed from the first call on: a graph may round otherwise than its operations one by one, and what a call
   * computes must not depend on what the process did before.
   */
  run(
    key: string,
    body: (inputs: readonly tf.Tensor[]) => tf.Tensor[],
    inputs: readonly tf.Tensor[],
  ): tf.Tensor[];
}

/** Keeps at most `limit` recordings; the one not used for longest goes first. */
export function createRecordings(limit: number): Recordings {
  const known = new LRUCache<string, RecordedFunction>({ max: limit, dispose: (found) => found.dispose() });
  const find: Recordings['find'] = (key, record) => {
    const found = known.get(key);
    if (found !== undefined) return found;
    const recording = record();
    known.set(key, recording);
    return recording;
  };
  return {
    find,
    run: (key, body, inputs) => {
      if (!canRecord()) return tf.tidy(() => body(inputs));
      const shapes = JSON.stringify(inputs.map(({ shape }) => shape));
      return find(`${key} ${shapes}`, () => recordFunction(body, inputs)).run(inputs);
    },
  };
}
