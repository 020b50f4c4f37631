import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rule, toyColumns } from './rule.fixture.ts';

const CHOSEN = 'update/covariance_chosen';

test('Clip-Cov silences max(1, ⌊share · tokens⌋) candidates', () => {
  const one = rule(['clip-cov']);
  assert.equal(one.metrics![CHOSEN], 1 / 4);
  assert.equal(
    one.tokenWeights.reduce((a, b) => a + b, 0),
    3,
  );
  const both = rule(['clip-cov', { share: 0.5 }]);
  assert.deepEqual([...both.tokenWeights], [0, 1, 0, 0, 1, 0]);
  assert.equal(both.slopes, undefined);
});

test('Clip-Cov draws another token with another counter and the same with the same', () => {
  const draws = Array.from({ length: 8 }, (_, update) => [...rule(['clip-cov'], { update }).tokenWeights]);
  assert.equal(new Set(draws.map((weights) => weights.join())).size, 2);
  assert.deepEqual(draws[5], [...rule(['clip-cov'], { update: 5 }).tokenWeights]);
});

test('covariances on or beyond the bounds are no candidates', () => {
  for (const bounds of [{ low: 2 }, { high: 2 }]) {
    const found = rule(['clip-cov', { share: 1, ...bounds }]);
    assert.equal(found.metrics![CHOSEN], 0);
    assert.deepEqual(found.tokenWeights, toyColumns.tokenMask);
  }
});

test('a token that the clip or a rule before has silenced already is no candidate', () => {
  const clipped = rule(['clip-cov', { share: 1 }], { isClipped: (at) => at === 0 });
  assert.deepEqual([...clipped.tokenWeights], [1, 1, 0, 0, 1, 0]);
  const silenced = rule(['clip-cov', { share: 1 }], { tokenWeights: Float32Array.of(0, 1, 0, 0.5, 1, 0) });
  assert.deepEqual([...silenced.tokenWeights], [0, 1, 0, 0, 1, 0]);
  assert.equal(silenced.metrics![CHOSEN], 1 / 4);
});

test('it acts on the chosen tokens that have a credit to lose', () => {
  const ACTED = 'update/covariance_acted';
  assert.equal(rule(['clip-cov', { share: 1 }]).metrics![ACTED], 2 / 4);
  // Credits 4, 4 | 0, 0, mean 2: covariances 2, −2 | 2, −2, but the second row has nothing to lose.
  const credit = Float32Array.of(4, 4, 0, 0, 0, 0);
  const found = rule(['clip-cov', { share: 1 }], { credit });
  assert.deepEqual([found.metrics![CHOSEN], found.metrics![ACTED]], [2 / 4, 1 / 4]);
});
