import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addColumns } from '../../rollouts/rollout-batch.ts';
import { estimate, smallBatch } from './estimate.fixture.ts';

/** Tokens that count, by place: 0, 1 | 2 | 4, 5 | 6. */
const batch = addColumns(smallBatch, {
  perToken: { logprobs: Float32Array.of(-6, -1, -2, 0, -3, -4, -5, 0) },
});
const credit = (...rules: Parameters<typeof estimate>[1]['rules']): number[] =>
  Array.from(estimate(batch, { rewards: [1, 0, 0, 1], rules }).credit);

test('alone it credits the tokens that were least likely when drawn, whatever their rollout came to', () => {
  assert.deepEqual(credit({ name: 'fixed', options: { share: 0.5 } }), [-1, 0, 0, 0, 0, -1, -1, 0]);
});

test('after another rule it is added, for any signal and with any number', () => {
  const last = { name: 'fixed', options: { share: 0.2, by: 'position', value: 0.5 } };
  assert.deepEqual(credit('spread', last), [1, 1.5, 0, 0, 0, 0.5, 1, 0]);
});
