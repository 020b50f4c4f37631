import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankByVariance } from './rank-by-variance.ts';

test('examples are ranked by the variance of their accuracy over the passes, ties by example', () => {
  const accuracies = [
    { example: 0, accuracy: 1 },
    { example: 0, accuracy: 1 },
    { example: 1, accuracy: 0 },
    { example: 1, accuracy: 1 },
    { example: 2, accuracy: 0.25 },
    { example: 2, accuracy: 0.75 },
    { example: 3, accuracy: 0 },
    { example: 3, accuracy: 0 },
  ];
  assert.deepEqual(rankByVariance(accuracies), [
    { example: 1, variance: 0.25 },
    { example: 2, variance: 0.0625 },
    { example: 0, variance: 0 },
    { example: 3, variance: 0 },
  ]);
});
