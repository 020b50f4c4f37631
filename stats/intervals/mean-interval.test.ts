import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanInterval } from './mean-interval.ts';

test('the interval of a mean is Student’s', () => {
  // Mean 2, standard deviation 1, error 1/√3; t of .975 with 2 degrees of freedom is 4.302653.
  const [low, high] = meanInterval([1, 2, 3])!;
  assert.ok(Math.abs(low - (2 - 4.302653 / Math.sqrt(3))) < 1e-5);
  assert.ok(Math.abs(high - (2 + 4.302653 / Math.sqrt(3))) < 1e-5);
});

test('one value shows no spread', () => {
  assert.equal(meanInterval([1]), null);
  assert.deepEqual(meanInterval([0.5, 0.5]), [0.5, 0.5]);
});
