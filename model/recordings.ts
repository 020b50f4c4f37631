import * as tf from '@tensorflow/tfjs-core';
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
  const known = new Map<string, RecordedFunction>();
  const dropOldest = (): void => {
    const [oldest] = known;
    if (oldest === undefined || known.size < limit) return;
    oldest[1].dispose();
    known.delete(oldest[0]);
  };
  const find: Recordings['find'] = (key, record) => {
    const found = known.get(key);
    if (found === undefined) dropOldest();
    const recording = found ?? record();
    // Re-inserting keeps the map in the order of last use.
    known.delete(key);
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
