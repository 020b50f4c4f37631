import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gapWithError, intervalOfMean, meanWithError, pAgainstZero } from './mean-with-error.ts';

const near = (found: number, expected: number, slack = 1e-9): void =>
  assert.ok(Math.abs(found - expected) < slack, `${found} is not ${expected}`);

test('two runs that disagree have an interval of Student’s t with one degree of freedom', () => {
  // One problem, runs .2 and .4: mean .3, standard error .1, t(.975, 1) = 12.706.
  const found = meanWithError([[0.2], [0.4]], [0, 0]);
  near(found.standardError, 0.1);
  const { low, high } = intervalOfMean(found, 0.95);
  near(low, 0.3 - 1.2706, 1e-4);
  near(high, 0.3 + 1.2706, 1e-4);
});

test('one run has the error of its problems alone', () => {
  // 0, 0, 1, 1: variance 1/3, squared error 1/12, t(.975, 3) = 3.1824.
  const found = meanWithError([[0, 0, 1, 1]], [0]);
  near(found.standardError, Math.sqrt(1 / 12));
  near(intervalOfMean(found, 0.95).high, 0.5 + 3.182446 * Math.sqrt(1 / 12), 1e-5);
  assert.equal(found.pairs, 1);
});

test('p is the level at which the interval touches 0', () => {
  const found = meanWithError(
    [
      [0.1, 0.3, 0.2, -0.1],
      [0.2, 0.4, 0.1, 0],
      [0.1, 0.2, 0.3, 0.1],
    ],
    [0, 0, 0],
  );
  near(intervalOfMean(found, 1 - pAgainstZero(found)).low, 0, 1e-6);
});

test('without any spread p is 1 at 0, and no smaller than signs of as many runs can show', () => {
  const same = (value: number) =>
    meanWithError(
      [0, 1, 2].map(() => [value, value]),
      [0, 0, 0],
    );
  assert.equal(pAgainstZero(same(0)), 1);
  assert.equal(pAgainstZero(same(1)), 0.25);
  assert.deepEqual(intervalOfMean(same(1), 0.95), { low: 1, high: 1 });
});

test('a gap counts the spread of runs once and the problems of both splits', () => {
  // Gaps of the runs: .5 − .25 and .75 − .25, squared error (.25² / 2) / 2; problems: of the first .5, .75 → (.25² / 2) / 2; of the second none.
  const found = gapWithError(
    [
      [0.25, 0.75],
      [0.75, 0.75],
    ],
    [
      [0.25, 0.25, 0.25],
      [0.25, 0.25, 0.25],
    ],
    [0, 0],
  );
  near(found.estimate, 0.375);
  near(found.runs.variance, 0.015625);
  // The problem means .5 and .75 have the squared error .015625, all of which is residual and counts with the runs.
  near(found.problems!.variance, 0);
  assert.equal(found.problems!.degreesOfFreedom, 1);
});
