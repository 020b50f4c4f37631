import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitMinibatches } from './minibatches.ts';

const call = { count: 24, groupSize: 4, updates: 3, epochs: 2, seed: 7, step: 5 };

test('every pass has each rollout once, and groups stay together', () => {
  const shares = splitMinibatches(call);
  assert.equal(shares.length, 6);
  const passes = [shares.slice(0, 3), shares.slice(3)];
  for (const pass of passes) {
    assert.deepEqual(
      pass.flat().sort((a, b) => a - b),
      Array.from({ length: 24 }, (_, rollout) => rollout),
    );
    for (const share of pass) {
      assert.equal(share.length, 8);
      share.forEach((rollout, at) => assert.equal(rollout % 4, at % 4));
    }
  }
  assert.notDeepEqual(passes[0], passes[1]);
});

test('seed, step and pass alone decide the order', () => {
  assert.deepEqual(splitMinibatches(call), splitMinibatches({ ...call }));
  assert.notDeepEqual(splitMinibatches(call), splitMinibatches({ ...call, step: 6 }));
  assert.notDeepEqual(splitMinibatches(call), splitMinibatches({ ...call, seed: 8 }));
});

test('a single update takes the rollouts as they come', () => {
  const shares = splitMinibatches({ ...call, updates: 1, epochs: 1 });
  assert.deepEqual(shares, [Array.from({ length: 24 }, (_, rollout) => rollout)]);
});

test('with fewer groups than updates some shares are empty', () => {
  const sizes = splitMinibatches({ ...call, count: 8, epochs: 1 }).map((share) => share.length);
  assert.deepEqual(sizes, [0, 4, 4]);
});

test('a broken group is refused', () => {
  assert.throws(() => splitMinibatches({ ...call, count: 23 }), /23 rollouts/);
});
