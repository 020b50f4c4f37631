import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { cutMicroBatch, splitByLength, toTensors } from './micro-batches.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** Three rollouts, P = 6 and T = 6; digits 1–9 are tokens, 0 is padding. */
function createBatch(): ShapedBatch {
  const rows = ['001234.560000', '000123.456789', '000012.300000'].map((row) => row.replace('.', ''));
  const tokens = Int32Array.from(rows.join(''), Number);
  const numbers = Float32Array.from({ length: 18 }, (_, at) => at + 1);
  return createRolloutBatch({
    count: 3,
    promptLength: 6,
    completionLength: 6,
    tokens,
    promptStarts: Int32Array.of(2, 3, 4),
    completionLengths: Int32Array.of(2, 6, 1),
    perToken: { logprobs: numbers, entropies: numbers, credit: numbers, tokenMask: numbers },
    perRollout: { advantages: Float32Array.of(1, 1, 1) },
  });
}

test('rollouts are split into parts of similar length, longest first', () => {
  assert.deepEqual(splitByLength(createBatch(), [0, 1, 2], 2), [[1, 0], [2]]);
});

test('completion columns that are padding in all rows are cut, up to a multiple of 4', () => {
  const part = cutMicroBatch(createBatch(), [0, 2], 2);
  assert.deepEqual([part.promptLength, part.completionLength, part.count], [8, 4, 2]);
  assert.deepEqual([...part.tokens], [...'000012345600', ...'000000123000'].map(Number));
  assert.deepEqual([...part.promptStarts], [4, 6]);
  assert.deepEqual([...part.completionLengths], [2, 1]);
});

test('per-token values follow the cut, with zeros in what was added', () => {
  const { count, perToken } = cutMicroBatch(createBatch(), [1], 64);
  assert.equal(count, 8);
  assert.deepEqual([...perToken.credit.subarray(0, 16)], [7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('distributions follow the cut place by place', () => {
  const numbers = Float32Array.from({ length: 36 }, (_, at) => at + 1);
  const batch = { ...createBatch(), perVocabulary: { teacherDistributions: numbers } };
  const tensors = toTensors(cutMicroBatch(batch, [2], 64)) as unknown as Record<string, tf.Tensor>;
  const { teacherDistributions } = tensors;
  assert.deepEqual(teacherDistributions!.shape, [8, 4, 2]);
  const [first, ...padding] = Array.from({ length: 8 }, (_, row) =>
    [...teacherDistributions!.dataSync()].slice(row * 8, (row + 1) * 8),
  );
  assert.deepEqual(first, [25, 26, 27, 28, 29, 30, 31, 32]);
  assert.ok(padding.flat().every((value) => value === 0));
  tf.dispose(tensors);
});

test('the network reads every column but the last', () => {
  const tensors = toTensors(cutMicroBatch(createBatch(), [0, 2], 2));
  assert.deepEqual([...tensors.ids.dataSync()], [...'00001234560', ...'00000012300'].map(Number));
  assert.deepEqual(tensors.credit.shape, [2, 4]);
  tf.dispose(tensors);
});
