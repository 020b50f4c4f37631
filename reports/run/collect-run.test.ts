import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadOverProblems } from './collect-run.ts';

const rows = [0, 0, 0, 1, 1, 2].map((problemIndex, at) => ({ problemIndex, at }));

test('samples are spread over prompts: one of each before a second of any', () => {
  const at = (count: number): number[] => spreadOverProblems(rows, count).map((row) => row.at);
  assert.deepEqual(at(2), [0, 3]);
  assert.deepEqual(at(4), [0, 3, 5, 1]);
  assert.deepEqual(at(99), [0, 3, 5, 1, 4, 2]);
});
