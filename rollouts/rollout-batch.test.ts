import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listGroups } from './groups.ts';
import { createRolloutBatch } from './rollout-batch.fixture.ts';
import { addColumns, requireColumns, shapedColumns } from './rollout-batch.ts';

const one = Float32Array.of(1);
const sampled = createRolloutBatch({
  count: 1,
  completionLength: 1,
  perToken: { logprobs: one, entropies: one },
  perRollout: {},
});

test('a batch without the columns that somebody needs is refused by their names and what they are', () => {
  assert.throws(() => requireColumns(sampled, shapedColumns, 'an update'), {
    name: 'MissingColumnError',
    message:
      /^the rollouts hold no credit \(the advantage .*\), no tokenMask \(.*\), no advantages \(.*\), which an update needs;/,
  });
  const needed = { perToken: ['surprise'], perRollout: [] };
  assert.throws(() => requireColumns(sampled, needed, 'a signal'), /hold no surprise, which a signal needs/);
});

test('columns are added beside the others, or in place of those of the same name', () => {
  const perToken = { entropies: Float32Array.of(2), credit: one, tokenMask: one };
  const shaped = addColumns(sampled, { perToken, perRollout: { advantages: one } });
  assert.equal(requireColumns(shaped, shapedColumns, 'an update'), shaped);
  assert.deepEqual(shaped.perToken, { logprobs: one, ...perToken });
  assert.deepEqual(Object.keys(sampled.perToken), ['logprobs', 'entropies']);
  const short = { perRollout: { advantages: new Float32Array(2) } };
  assert.throws(() => addColumns(sampled, short), /column advantages has 2 numbers; expected 1/);
});

test('groups are told by their number, in the order in which they begin', () => {
  assert.deepEqual(listGroups(Int32Array.of(5, 2, 5, 9, 2)), [[0, 2], [1, 4], [3]]);
  assert.deepEqual(listGroups(new Int32Array(0)), []);
});
