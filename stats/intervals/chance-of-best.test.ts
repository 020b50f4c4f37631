import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { chanceOfBest } from './chance-of-best.ts';

const draws = () => ({ resamples: 2000, generator: createGenerator(deriveStream(1, 'best')) });
const arm = (...scores: number[][]) => ({
  scores,
  bases: scores.map(() => 0),
  seeds: scores.map((_, i) => i),
});

test('an arm above all others on every problem is always the best, and equal arms share', () => {
  assert.deepEqual(chanceOfBest([arm([0.5, 0.5]), arm([0.9, 0.8]), arm([0.1, 0.2])], draws()), [0, 1, 0]);
  assert.deepEqual(chanceOfBest([arm([0.5, 0.5]), arm([0.5, 0.5])], draws()), [0.5, 0.5]);
});

test('arms that win on one of two problems each: the problem drawn twice decides, one of both ties', () => {
  const [first, second] = chanceOfBest([arm([1, 0]), arm([0, 1])], draws());
  // (1, 0): twice the first problem 1/4, twice the second 1/4, both 1/2, which is a tie.
  assert.ok(Math.abs(first! - 0.5) < 0.03, String(first));
  assert.ok(Math.abs(first! + second! - 1) < 1e-9);
});

test('runs with the same seeds are drawn together: one bad seed of both decides nothing', () => {
  const better = arm([0.9, 0.9], [0.2, 0.2]);
  const worse = arm([0.8, 0.8], [0.1, 0.1]);
  assert.deepEqual(chanceOfBest([better, worse], draws()), [1, 0]);
  const [alone] = chanceOfBest([better, { ...worse, seeds: [7, 8] }], draws());
  // Drawn apart: the first is at .9, .55 or .2 with 1/4, 1/2, 1/4, the other at .8, .45 or .1: 1/4 + 1/2 · 3/4 + 1/4 · 1/4.
  assert.ok(Math.abs(alone! - 0.6875) < 0.04, String(alone));
});
