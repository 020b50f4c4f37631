import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberTrees } from './trees.ts';

test('a tree is called by the row of its first rollout, however deep and wherever in the batch its rollouts stand', () => {
  // Group 7 stands in rows 0, 2, 3, 5: samples 0 and 1 are roots, 2 goes on from 1 and 3 from 2. Group 4: two alone.
  const groups = Int32Array.of(7, 4, 7, 7, 4, 7);
  const parents = Int32Array.of(-1, -1, -1, 1, -1, 2);
  assert.deepEqual([...numberTrees({ groups, parents })], [0, 1, 2, 2, 4, 2]);
});

test('a parent that does not stand before its rollout, as in a group that was cut, is refused', () => {
  const parents = Int32Array.of(-1, 1);
  assert.throws(() => numberTrees({ groups: Int32Array.of(3, 3), parents }), /rollout 1 of group 3 .* of 1/);
});
