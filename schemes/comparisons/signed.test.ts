import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.fixture.ts';
import { NegativeOutcomeError } from './signed.ts';

test('signed outcomes weigh right and wrong answers apart', () => {
  assert.deepEqual([...compare(['signed'], [1, 0], 2)], [1, -1]);
  const weighted = compare(['signed', { positive: 0.1, negative: 2 }], [1, 0], 2);
  assert.deepEqual([...weighted], [Math.fround(0.1), -2]);
});

test('partial credit counts by its size and only a reward of 0 counts as wrong; a null gets 0', () => {
  assert.deepEqual([...compare(['signed', { positive: 0.5 }], [1, 0.5, 0, null], 4)], [0.5, 0.25, -1, 0]);
});

test('a reward below 0, one that is not a number and another number of rewards than of rollouts are refused', () => {
  assert.throws(() => compare(['signed'], [1, -0.5], 2), NegativeOutcomeError);
  assert.throws(() => compare(['signed'], [1, NaN], 2), /the reward of rollout 1 of 2 is NaN/);
  assert.throws(() => compare(['signed'], [1, 0, 1], Int32Array.of(0, 0)), /3 rollouts .* found 2/);
});
