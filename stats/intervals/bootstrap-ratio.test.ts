import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { bootstrapRatio } from './bootstrap-ratio.ts';

const input = () => ({
  resamples: 2000,
  generator: createGenerator(deriveStream(3, 'ratio')),
  level: 0.95,
});

test('the estimate is the ratio of the sums, by hand, every base counting the same', () => {
  const numerators = [
    [10, 20],
    [30, 0],
    [8, 4],
  ];
  const denominators = [
    [2, 1],
    [3, 0],
    [1, 1],
  ];
  // 72 / 8.
  assert.equal(bootstrapRatio({ numerators, denominators }, input()).estimate, 9);
  // Base 0 has two runs of means 15 and 15, 1.5 and 1.5; base 1 one run of means 6 and 1: (15 + 6) / (1.5 + 1).
  const found = bootstrapRatio({ numerators, denominators }, { ...input(), bases: [0, 0, 1] });
  assert.ok(Math.abs(found.estimate! - 21 / 2.5) < 1e-12);
  assert.deepEqual([found.bases, found.seeds, found.problems], [2, 3, 2]);
});

test('a constant ratio has an interval of width 0, since numerator and denominator are drawn together', () => {
  const denominators = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const numerators = denominators.map((row) => row.map((value) => 7 * value));
  const { estimate, low, high } = bootstrapRatio({ numerators, denominators }, input());
  for (const value of [estimate, low, high]) assert.ok(Math.abs(value! - 7) < 1e-12);
});

test('a denominator of 0 leaves the ratio undefined, and rare ones leave its upper end open', () => {
  const numerators = [[5, 5, 5, 5]];
  const zero = bootstrapRatio({ numerators, denominators: [[0, 0, 0, 0]] }, input());
  assert.deepEqual([zero.estimate, zero.low, zero.high], [null, null, null]);
  const rare = bootstrapRatio({ numerators, denominators: [[0, 0, 0, 1]] }, input());
  assert.equal(rare.estimate, 20);
  assert.ok(rare.low !== null && rare.low <= 20);
  assert.equal(rare.high, null);
});

test('negative denominators and other shapes are refused', () => {
  assert.throws(() => bootstrapRatio({ numerators: [[1]], denominators: [[-1]] }, input()), /negative/);
  assert.throws(() => bootstrapRatio({ numerators: [[1, 2]], denominators: [[1]] }, input()), {
    name: 'ScoreShapeError',
  });
});
