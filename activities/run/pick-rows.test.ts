import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runSeed } from '../../random/run-seed.ts';
import { pickRows, type RowsAsked } from './pick-rows.ts';

const seed = runSeed(0, 0);
const pickOf = (asked: RowsAsked, rows = 5): number[] => pickRows(asked, { rows, seed });

test('the first rows come in their order, the last from the last one on', () => {
  assert.deepEqual(pickOf({ take: 2 }), [0, 1]);
  assert.deepEqual(pickOf({ take: 2, pick: 'first' }), [0, 1]);
  assert.deepEqual(pickOf({ take: 2, pick: 'last' }), [4, 3]);
});

test('the median rows leave as many before as after them, of an even rest one fewer before', () => {
  assert.deepEqual(pickOf({ take: 1, pick: 'median' }), [2]);
  assert.deepEqual(pickOf({ take: 3, pick: 'median' }), [1, 2, 3]);
  assert.deepEqual(pickOf({ take: 1, pick: 'median' }, 64), [31]);
  assert.deepEqual(pickOf({ take: 2, pick: 'median' }), [1, 2]);
});

test('random rows are the same for all arms of a run seed, and fewer are the first of more', () => {
  const all = pickOf({ pick: 'random' }, 64);
  assert.deepEqual(
    [...all].sort((a, b) => a - b),
    Array.from({ length: 64 }, (_, place) => place),
  );
  assert.deepEqual(pickOf({ take: 3, pick: 'random' }, 64), all.slice(0, 3));
});

test('over base seeds every row is picked at random about as often as any other', () => {
  const counts = [0, 0, 0, 0];
  for (let baseSeed = 0; baseSeed < 4000; baseSeed += 1) {
    const [place] = pickRows({ take: 1, pick: 'random' }, { rows: 4, seed: runSeed(baseSeed, 0) });
    counts[place!]! += 1;
  }
  // A standard error of 27.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 110, counts.join(', '));
});

test('more than there are is all there is', () => {
  for (const pick of ['first', 'last', 'median', 'random'] as const)
    assert.equal(pickOf({ take: 9, pick }).length, 5);
});
