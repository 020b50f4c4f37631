import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberGroups } from '../../rollouts/rollout-batch.fixture.ts';
import { splitMinibatches } from './minibatches.ts';

const call = { groups: numberGroups(24, 4), updates: 3, epochs: 2, seed: 7, step: 5 };

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
  const sizes = splitMinibatches({ ...call, groups: numberGroups(8, 4), epochs: 1 }).map(
    (share) => share.length,
  );
  assert.deepEqual(sizes, [0, 4, 4]);
});

test('groups of unequal size stay whole, wherever their rollouts stand', () => {
  const groups = Int32Array.of(4, 9, 4, 2, 9, 9);
  assert.deepEqual(splitMinibatches({ ...call, groups, updates: 1, epochs: 1 }), [[0, 2, 1, 4, 5, 3]]);
  const shares = splitMinibatches({ ...call, groups, epochs: 1 });
  assert.deepEqual([...shares].sort(), [[0, 2], [1, 4, 5], [3]]);
  // Three groups in two shares: one, then two.
  const two = splitMinibatches({ ...call, groups, updates: 2, epochs: 1 });
  assert.deepEqual(
    two.map((share) => new Set(share.map((row) => groups[row])).size),
    [1, 2],
  );
});
