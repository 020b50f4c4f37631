import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreTemperature } from './choose-temperature.ts';

const counts = (n: number, ...cs: number[]) => cs.map((c) => ({ n, c }));

test('a temperature scores the mean pass@1 of the problems with a verified sample', () => {
  assert.equal(scoreTemperature([...counts(4, 1, 3), ...counts(2, 1), ...counts(0, 0)]), (1 + 0.5) / 3);
  assert.equal(scoreTemperature(counts(0, 0, 0)), null);
  assert.equal(scoreTemperature([]), null);
});

test('temperatures that are right equally often score the same, whatever problems they are right on', () => {
  for (const n of [3, 7, 10, 16])
    assert.equal(scoreTemperature(counts(n, 1, 2, 0)), scoreTemperature(counts(n, 0, 0, 3)));
});
