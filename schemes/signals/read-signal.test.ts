import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import { addColumns, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { signals } from './index.ts';

const batch = createRolloutBatch({
  count: 2,
  completionLength: 2,
  perToken: {
    logprobs: Float32Array.of(-1, -2, -3, -4),
    entropies: Float32Array.of(0.5, 0.25, 1, 2),
  },
  perRollout: {},
});

function read(name: string, from: RolloutBatch = batch): number[] {
  const { part, options } = signals.open(name, {});
  return [...part.read(from, options)];
}

test('entropy, surprisal and position are read from every batch', () => {
  assert.deepEqual(read('entropy'), [0.5, 0.25, 1, 2]);
  assert.deepEqual(read('surprisal'), [1, 2, 3, 4]);
  assert.deepEqual(read('position'), [0, 1, 0, 1]);
});

test('disparity and reference-gap are read where they were recorded, and refused where not', () => {
  const perToken = {
    disparities: Float32Array.of(0.5, 0, 0.25, 1),
    referenceLogprobs: Float32Array.of(-1, -4, -1, -4.5),
  };
  const recorded = addColumns(batch, { perToken });
  assert.deepEqual(read('disparity', recorded), [0.5, 0, 0.25, 1]);
  assert.deepEqual(read('reference-gap', recorded), [0, 2, -2, 0.5]);
  assert.throws(() => read('disparity'), { name: 'MissingColumnError', message: /signal disparity needs/ });
  assert.throws(() => read('reference-gap'), /signal reference-gap needs/);
});
