import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meanError } from './mean-error.ts';

test('the standard error is the deviation with n − 1 over √n', () => {
  // Mean 0.5; squares .25 + 0 + 0 + .25 = .5; .5 / 3; its root; halved.
  const found = meanError([0, 0.5, 0.5, 1])!;
  assert.ok(Math.abs(found.standardDeviation - Math.sqrt(1 / 6)) < 1e-12);
  assert.ok(Math.abs(found.standardError - Math.sqrt(1 / 6) / 2) < 1e-12);
});

test('one value shows no spread', () => {
  assert.equal(meanError([0.5]), null);
});
