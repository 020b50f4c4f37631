import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rule, toyColumns } from './rule.fixture.ts';

const CHOSEN = 'update/covariance_chosen';
const ACTED = 'update/covariance_acted';

test('KL-Cov gives the highest covariances a slope of the penalty in the direction they moved', () => {
  const behaviorLogprobs = Float32Array.of(-1.5, -3, 0, -2.5, -1, 0);
  const two = rule(['kl-cov', { share: 0.5, penalty: 0.25 }], { behaviorLogprobs });
  assert.deepEqual([...two.slopes!], [0.25, 0, 0, -0.25, 0, 0]);
  assert.equal(two.metrics![ACTED], 2 / 4);
  assert.deepEqual(two.tokenWeights, toyColumns.tokenMask);
  const one = rule(['kl-cov'], { behaviorLogprobs });
  assert.deepEqual([...one.slopes!], [1, 0, 0, 0, 0, 0]);
});

test('KL-Cov never takes a token of negative covariance, and none when nobody has an advantage', () => {
  assert.equal(rule(['kl-cov', { share: 1 }]).metrics![CHOSEN], 2 / 4);
  const none = rule(['kl-cov', { share: 1 }], { credit: new Float32Array(6) });
  assert.equal(none.metrics![CHOSEN], 0);
});

test('differences by rounding alone have no slope: tokens are chosen and nothing acts on them', () => {
  const behaviorLogprobs = toyColumns.behaviorLogprobs.map((value) => value * (1 + 1e-6));
  const found = rule(['kl-cov', { share: 1 }], { behaviorLogprobs });
  assert.equal(found.metrics![CHOSEN], 2 / 4);
  assert.equal(found.metrics![ACTED], 0);
  assert.ok(found.slopes!.every((slope) => slope === 0));
});
