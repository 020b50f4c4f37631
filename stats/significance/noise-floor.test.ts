import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScoreShapeError } from '../score-shape-error.ts';
import { noiseFloor } from './noise-floor.ts';

const near = (found: number, expected: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found}, expected ${expected}`);

test('by hand: three runs at .5, .6 and .7', () => {
  // s = .1, t(.975, 2) = 4.302653, χ² of 2 at .975 and .025: 7.377759, .050636.
  const floor = noiseFloor([
    [0.4, 0.6],
    [0.5, 0.7],
    [0.6, 0.8],
  ]);
  near(floor.level, 0.6);
  near(floor.spread, 0.1);
  near(floor.swallowed, 4.302653 * Math.SQRT2 * 0.1);
  near(floor.spreadLow, 0.1 * Math.sqrt(2 / 7.377759));
  near(floor.spreadHigh, 0.1 * Math.sqrt(2 / 0.050636), 1e-4);
  // Every run differs from another by the same on both problems: all of the spread is the runs'.
  near(floor.betweenRuns, 0.01);
  assert.deepEqual([floor.lowest, floor.highest, floor.runs, floor.problems], [0.5, 0.7, 3, 2]);
});

test('where runs differ by what is drawn for each problem alone, other problems would show no spread', () => {
  assert.equal(
    noiseFloor([
      [0, 1],
      [1, 0],
    ]).betweenRuns,
    0,
  );
  assert.throws(() => noiseFloor([[1, 0]]), ScoreShapeError);
});
