import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureCovariances } from './token-covariance.ts';

test('deviations from the means of the counted tokens are multiplied', () => {
  // Counted: A = 1, −1, 3 (mean 1); logprob = −1, −2, −3 (mean −2).
  const covariances = measureCovariances({
    credit: Float32Array.of(1, -1, 50, 3),
    logprobs: Float32Array.of(-1, -2, -9, -3),
    tokenMask: Float32Array.of(1, 1, 0, 1),
  });
  assert.deepEqual([...covariances], [0, -0, 0, -2]);
});

test('a likely token of high advantage has a positive covariance, an unlikely one a negative', () => {
  const covariances = measureCovariances({
    credit: Float32Array.of(1, -1, 1, -1),
    logprobs: Float32Array.of(-0.5, -0.5, -2.5, -2.5),
    tokenMask: new Float32Array(4).fill(1),
  });
  assert.deepEqual([...covariances], [1, -1, -1, 1]);
});

test('without any counted token all covariances are 0', () => {
  const none = new Float32Array(2);
  assert.deepEqual([...measureCovariances({ credit: none, logprobs: none, tokenMask: none })], [0, 0]);
});
