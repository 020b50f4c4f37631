import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addColumns } from '../../rollouts/rollout-batch.ts';
import { creditRules } from './index.ts';
import { estimate, smallBatch } from './estimate.fixture.ts';

/** Tokens that count, by place: 0, 1 | 2 | 4, 5 | 6. */
const batch = addColumns(smallBatch, {
  perToken: {
    entropies: Float32Array.of(0.1, 0.6, 0.2, 9, 0.5, 0.3, 0.4, 9),
    logprobs: Float32Array.of(-6, -1, -2, 0, -3, -4, -5, 0),
  },
});

/** The weights ×10 that a choice leaves, or several one after the other. */
function weigh(...choices: readonly object[]): number[] {
  const rules = ['spread', ...choices.map((options) => ({ name: 'select', options }))];
  const { tokenWeights } = estimate(batch, { rewards: [1, 0, 0, 1], rules });
  return Array.from(tokenWeights!, (weight) => Number((10 * weight).toFixed(4)));
}

test('the highest values of a signal, or the lowest, keep their gradient; the others a part of it', () => {
  // Half of six tokens: the threshold lies between the third and the fourth.
  const half = { share: 0.5, rest: 0.1 };
  assert.deepEqual(weigh({ ...half, by: 'entropy' }), [1, 10, 1, 0, 10, 1, 10, 0]);
  assert.deepEqual(weigh({ ...half, by: 'entropy', keep: 'bottom' }), [10, 1, 10, 0, 1, 10, 1, 0]);
  assert.deepEqual(weigh({ ...half, by: 'surprisal' }), [10, 1, 1, 0, 1, 10, 10, 0]);
  assert.deepEqual(weigh({ ...half, by: 'surprisal', keep: 'bottom' }), [1, 10, 10, 0, 10, 1, 1, 0]);
  assert.deepEqual(weigh({ share: 0.2, rest: 0.1, by: 'position' }), [1, 10, 1, 0, 1, 10, 1, 0]);
});

test('without a rest the others learn nothing, and with a share of 1 there are no others', () => {
  assert.deepEqual(weigh({ share: 0.5 }), [0, 10, 0, 0, 10, 0, 10, 0]);
  assert.deepEqual(weigh({ share: 1 }), [10, 10, 10, 0, 10, 10, 10, 0]);
});

test('one choice after the other multiplies', () => {
  const half = { share: 0.5, rest: 0.5 };
  const both = weigh({ ...half, by: 'entropy' }, { ...half, by: 'surprisal' });
  assert.deepEqual(both, [5, 5, 2.5, 0, 5, 5, 10, 0]);
});

test('a choice needs what its signal needs', () => {
  const needsOf = (by: string): readonly string[] => {
    const { part, options } = creditRules.open('select', { by });
    return part.needs!(options);
  };
  assert.deepEqual(needsOf('entropy'), []);
  assert.deepEqual(needsOf('disparity'), ['disparities']);
  assert.deepEqual(needsOf('reference-gap'), ['referenceLogprobs']);
});

test('a signal that does not exist is refused by name', () => {
  assert.throws(() => weigh({ by: 'entropi' }), { name: 'UnknownPartError', message: /entropi/ });
});
