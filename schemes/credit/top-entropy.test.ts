import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rule } from './rule.fixture.ts';

test('the upper half of the entropies 0.1, 0.2 | 0.3, 0.4 is the second row', () => {
  assert.deepEqual([...rule(['top-entropy', { share: 0.5 }]).tokenWeights], [0, 0, 0, 1, 1, 0]);
});

test('what a rule before left of a token stays', () => {
  const tokenWeights = Float32Array.of(1, 1, 0, 0.25, 0, 0);
  const found = rule(['top-entropy', { share: 0.5 }], { tokenWeights });
  assert.deepEqual([...found.tokenWeights], [0, 0, 0, 0.25, 0, 0]);
});
