import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { cutColumns, cutMicroBatch, splitByLength, takeInputs } from './micro-batches.ts';

/** Three rollouts, P = 6 and T = 6; digits 1–9 are tokens, 0 is padding. */
function createBatch(): ShapedBatch {
  const rows = ['001234.560000', '000123.456789', '000012.300000'].map((row) => row.replace('.', ''));
  const tokens = Int32Array.from(rows.join(''), Number);
  const numbers = Float32Array.from({ length: 18 }, (_, at) => at + 1);
  return createRolloutBatch({
    count: 3,
    promptLength: 6,
    completionLength: 6,
    tokens,
    promptStarts: Int32Array.of(2, 3, 4),
    completionLengths: Int32Array.of(2, 6, 1),
    perToken: { logprobs: numbers, entropies: numbers, credit: numbers, tokenMask: numbers },
    perRollout: { advantages: Float32Array.of(1, 1, 1) },
  });
}

test('rollouts are split into parts of similar length, longest first', () => {
  assert.deepEqual(splitByLength(createBatch(), [0, 1, 2], 2), [[1, 0], [2]]);
});

test('completion columns that are padding in all rows are cut, up to a multiple of 4', () => {
  const { tokens, completionLength } = cutMicroBatch(createBatch(), [0, 2], 2);
  assert.equal(completionLength, 4);
  assert.deepEqual([tokens.promptLength, tokens.length, tokens.count], [8, 12, 2]);
  assert.deepEqual([...tokens.tokens], [...'000012345600', ...'000000123000'].map(Number));
  assert.deepEqual([...tokens.promptStarts], [4, 6]);
  assert.deepEqual([...tokens.lengths], [10, 9]);
});

test('per-token values follow the cut, with zeros in what was added', () => {
  const batch = createBatch();
  const part = cutMicroBatch(batch, [1], 64);
  assert.equal(part.tokens.count, 8);
  const cut = cutColumns(batch, part, batch.perToken.credit);
  assert.deepEqual([...cut.subarray(0, 16)], [7, 8, 9, 10, 11, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('the network reads every column but the last', () => {
  const { tokens } = cutMicroBatch(createBatch(), [0, 2], 2);
  assert.deepEqual([...takeInputs(tokens)], [...'00001234560', ...'00000012300'].map(Number));
});
