import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from './backend.ts';
import { defaultCacheDirectory } from './cache-directory.ts';
import { canRecord, recordFunction } from './recorded-function.ts';
import { createRecordings } from './recordings.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

const onlyNative = (): string | false => (canRecord() ? false : 'needs the native backend');

test('a recorded function repeats its body on other numbers, gradients included', (context) => {
  const reason = onlyNative();
  if (reason !== false) return context.skip(reason);
  const tensors = tf.memory().numTensors;
  const body = ([x, w]: readonly tf.Tensor[]): tf.Tensor[] => {
    const loss = tf.valueAndGrads((v) => tf.sum(tf.square(tf.add(tf.matMul(x!, v!), [1, 2]))));
    const { value, grads } = loss([w!]);
    const [left, right] = tf.split(tf.softmax(tf.transpose(x!)), 2, 0) as [tf.Tensor, tf.Tensor];
    return [value, grads[0]!, tf.concat([right, left], 1), tf.gather(x!, tf.tensor1d([1, 0], 'int32'))];
  };
  const create = (phase: number): tf.Tensor[] => [
    tf.tensor2d(
      Float32Array.from({ length: 8 }, (_, at) => Math.sin(at + phase)),
      [2, 4],
    ),
    tf.tensor2d(
      Float32Array.from({ length: 8 }, (_, at) => Math.cos(at * phase)),
      [4, 2],
    ),
  ];
  const example = create(0);
  const recording = recordFunction(body, example);
  const inputs = create(3);
  const want = tf.tidy(() => body(inputs).map((tensor) => [...tensor.dataSync()]));
  const got = recording.run(inputs);
  assert.deepEqual(
    got.map(({ shape }) => shape),
    [[], [4, 2], [2, 4], [2, 4]],
  );
  got.forEach((tensor, index) => {
    [...tensor.dataSync()].forEach((value, at) => assert.ok(Math.abs(value - want[index]![at]!) < 1e-6));
  });
  tf.dispose([example, inputs, got]);
  recording.dispose();
  assert.equal(tf.memory().numTensors, tensors);
  return undefined;
});

test('a body that reads a tensor from outside is refused', (context) => {
  const reason = onlyNative();
  if (reason !== false) return context.skip(reason);
  const outside = tf.add([1, 2], [3, 4]);
  const input = tf.tensor1d([1, 2]);
  assert.throws(
    () => recordFunction(([x]) => [tf.mul(x!, outside)], [input]),
    /neither its input nor made by it/,
  );
  // A refusal leaves the backend as it was.
  assert.deepEqual([...tf.tidy(() => tf.mul(input, outside).dataSync())], [4, 12]);
  tf.dispose([outside, input]);
  return undefined;
});

test('recordings are made once and the one unused for longest is dropped', () => {
  const dropped: string[] = [];
  const made: string[] = [];
  const recordings = createRecordings(2);
  const use = (key: string): void => {
    recordings.find(key, () => {
      made.push(key);
      return { run: () => [], dispose: () => dropped.push(key) };
    });
  };
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) use(key);
  assert.deepEqual(made, ['a', 'b', 'c', 'b']);
  assert.deepEqual(dropped, ['b', 'c']);
});
