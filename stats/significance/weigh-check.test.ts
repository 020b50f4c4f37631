import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weighCheck } from './weigh-check.ts';

test('a check holds when its one-sided 95% bound lies beyond the bound, by hand', () => {
  // Mean 2, error 1/√3, t(.95) with 2 degrees of freedom 2.919986: from 0.314146 to 3.685854.
  const check = (alternative: 'greater' | 'less', bound: number) =>
    weighCheck({ values: [[1], [2], [3]], bases: [0, 1, 2], alternative, bound });
  const found = check('greater', 0.3);
  assert.ok(Math.abs(found.low! - 0.314146) < 1e-5 && Math.abs(found.high! - 3.685854) < 1e-5);
  assert.deepEqual(
    [found.holds, check('greater', 0.32).holds, check('less', 3.7).holds, check('less', 3.6).holds],
    [true, false, true, false],
  );
});

test('with one pair of runs the value itself is held to the bound, and there is no interval', () => {
  const check = (bound: number) =>
    weighCheck({ values: [[0.2, 0.4]], bases: [0], alternative: 'greater', bound });
  assert.deepEqual([check(0.25).holds, check(0.35).holds], [true, false]);
  assert.deepEqual([check(0.25).low, check(0.25).high, check(0.25).pairs], [null, null, 1]);
});

test('where nothing varies the value is the bound', () => {
  const found = weighCheck({ values: [[1], [1]], bases: [0, 1], alternative: 'greater', bound: 0.5 });
  assert.deepEqual([found.low, found.high, found.holds], [1, 1, true]);
});
