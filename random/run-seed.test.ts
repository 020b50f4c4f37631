import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOWEST_RUN_SEED, runSeed } from './run-seed.ts';
import { deriveStream, uniformAt } from './streams.ts';

test('a run seed is a function of base seed and RL seed, and of both', () => {
  assert.equal(runSeed(3, 5), runSeed(3, 5));
  const seeds = Array.from({ length: 40 }, (_, base) =>
    Array.from({ length: 40 }, (_value, rl) => runSeed(base, rl)),
  ).flat();
  assert.equal(new Set(seeds).size, 1600);
});

test('run seeds are safe integers above every seed that is written by hand', () => {
  for (const [base, rl] of [
    [0, 0],
    [94, 2 ** 31],
    [2 ** 33 + 1, 2 ** 33],
  ] as const) {
    const seed = runSeed(base, rl);
    assert.ok(Number.isSafeInteger(seed) && seed >= LOWEST_RUN_SEED, String(seed));
  }
});

test('the draws of two bases under one RL seed are unrelated', () => {
  const draws = (base: number) => {
    const stream = deriveStream(runSeed(base, 0), 'sample');
    return Array.from({ length: 4000 }, (_, i) => uniformAt(stream, i) - 0.5);
  };
  const [left, right] = [draws(0), draws(1)];
  const correlation = (12 * left.reduce((sum, value, i) => sum + value * right[i]!, 0)) / left.length;
  // Its standard error over 4000 draws is 0.016.
  assert.ok(Math.abs(correlation) < 0.06, String(correlation));
});
