import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGoldenCases } from '../tests/support/golden-cases.ts';

test('the fixture has every golden case, so that no test of them vanishes with its case', () => {
  const algorithms = ['grpo-family', 'rloo', 'reinforce++', 'reinforce++-baseline', 'gae'] as const;
  const counts = algorithms.map((algorithm) => readGoldenCases(algorithm).length);
  assert.deepEqual(counts, [30, 5, 3, 2, 4]);
});
