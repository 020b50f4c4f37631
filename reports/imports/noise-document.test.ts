import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncomparableError } from '../comparison/incomparable-error.ts';
import { armOf, countOf, runOf } from './imported-arm.fixture.ts';
import { describeFloor, measureFloor } from './noise-document.ts';

const near = (found: number, expected: number, slack = 1e-4): void =>
  assert.ok(Math.abs(found - expected) < slack, `${found} is not ${expected}`);

test('the floor of two runs is what their levels differ by, on the problems that both have', () => {
  const { floor, notices } = measureFloor([
    armOf('seed1', [runOf({ a: 1, b: 1, c: 0, d: 0, e: 1 })]),
    armOf('seed2', [runOf({ d: 1, c: 0, b: 1, a: 1 })]),
  ]);
  // Levels 0.5 and 0.75: deviation 0.25/√2; t(0.975, 1) · √2 times it.
  assert.deepEqual([floor.runs, floor.problems, floor.lowest, floor.highest], [2, 4, 0.5, 0.75]);
  near(floor.spread, 0.25 / Math.SQRT2);
  near(floor.swallowed, 12.7062 * 0.25, 1e-3);
  assert.deepEqual([floor.arm, floor.split, floor.measure], ['seed1', 'all', 'pass@1']);
  assert.deepEqual(notices, ['1 problem left out (id of e): not in every run of seed2#1.']);
  assert.match(
    describeFloor(floor)[0]!,
    /^2 runs of one recipe score 0\.625 in pass@1 on 4 problems of all, from 0\.500 to 0\.750\.$/,
  );
});

test('runs of one file are told apart, and graded scores are called so', () => {
  const graded = (sum: number) => ({
    seed: null,
    counts: ['a', 'b'].map((key) => countOf({ key, sum, sumOfSquares: sum * sum, isBinary: false })),
  });
  const { floor } = measureFloor([armOf('grpo', [graded(0.2), graded(0.4), graded(0.6)])]);
  assert.deepEqual([floor.runs, floor.measure], [3, 'mean score']);
  near(floor.level, 0.4);
  near(floor.spread, 0.2);
  assert.equal(floor.files.length, 1);
});

test('one run, and several splits, have no floor', () => {
  assert.throws(() => measureFloor([armOf('a', [runOf({ x: 1, y: 0 })])]), IncomparableError);
  const run = {
    seed: null,
    counts: [countOf({ key: 'x', split: 'clean' }), countOf({ key: 'y', split: 'leaked' })],
  };
  assert.throws(
    () => measureFloor([armOf('a', [run, run])]),
    /a single split, found clean, leaked; choose one with --split/,
  );
});

test('one common problem shows no spread between runs, which is told', () => {
  assert.throws(
    () => measureFloor([armOf('a', [runOf({ x: 1 })]), armOf('b', [runOf({ x: 0 })])]),
    IncomparableError,
  );
});
