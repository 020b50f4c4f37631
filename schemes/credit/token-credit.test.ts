import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AUTHORS } from '../rollouts/rollout-batch.ts';
import { maskTop } from './mask-top.ts';
import { creditTokens } from './token-credit.ts';
import { weighTokens } from './token-weights.ts';

const rollouts = {
  count: 2,
  completionLength: 3,
  completionLengths: Int32Array.of(2, 3),
  finished: Uint8Array.of(1, 0),
  authors: new Uint8Array(6),
  advantages: Float32Array.of(0.5, -1),
};

test('a rollout’s advantage lies on each of its tokens and nowhere else', () => {
  const { credit, tokenMask } = creditTokens({ ...rollouts, maskTruncated: false });
  assert.deepEqual([...credit], [0.5, 0.5, 0, -1, -1, -1]);
  assert.deepEqual([...tokenMask], [1, 1, 0, 1, 1, 1]);
});

test('maskTruncated takes truncated rollouts out of credit and mask', () => {
  const { credit, tokenMask } = creditTokens({ ...rollouts, maskTruncated: true });
  assert.deepEqual([...credit], [0.5, 0.5, 0, 0, 0, 0]);
  assert.deepEqual([...tokenMask], [1, 1, 0, 0, 0, 0]);
});

test('what the policy did not write itself gets no credit and does not count', () => {
  const { policy, forced } = AUTHORS;
  const authors = Uint8Array.of(forced, policy, policy, policy, forced, policy);
  const { credit, tokenMask } = creditTokens({ ...rollouts, authors, maskTruncated: false });
  assert.deepEqual([...credit], [0, 0.5, 0, -1, 0, -1]);
  assert.deepEqual([...tokenMask], [0, 1, 0, 1, 0, 1]);
  const masked = creditTokens({ ...rollouts, authors, maskTruncated: true });
  assert.deepEqual([...masked.tokenMask], [0, 1, 0, 0, 0, 0]);
});

test('the top 40% of five entropies are the two at or above the interpolated threshold 3.4', () => {
  // 0.6 · 4 = 2.4 between the sorted values 3 and 4: 3.4.
  const mask = maskTop(Float32Array.of(5, 1, 4, 2, 3, 99), Float32Array.of(1, 1, 1, 1, 1, 0), 0.4);
  assert.deepEqual([...mask], [1, 0, 1, 0, 0, 0]);
});

test('a share of 1 keeps every counted token', () => {
  assert.deepEqual([...maskTop(Float32Array.of(1, 2), Float32Array.of(1, 0), 1)], [1, 0]);
});

test('token weights follow the table of aggregations', () => {
  const tokenMask = Float32Array.of(1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0);
  const input = { width: 3, tokenMask, maxNewTokens: 8, localBatch: 3 } as const;
  const weigh = (aggregation: Parameters<typeof weighTokens>[0]['aggregation']): number[] =>
    [0, 3, 6, 9].map((at) => weighTokens({ ...input, aggregation })[at]!);
  const rounded = (...values: number[]): number[] => values.map((value) => Math.fround(value));
  assert.deepEqual(weigh('grpo'), rounded(1 / 8, 1 / 12, 0, 1 / 4));
  assert.deepEqual(weigh('dapo'), rounded(1 / 6, 1 / 6, 0, 1 / 6));
  assert.deepEqual(weigh('bnpo'), rounded(1 / 10, 1 / 10, 0, 1 / 2));
  assert.deepEqual(weigh('dr_grpo'), rounded(1 / 32, 1 / 32, 0, 1 / 32));
  assert.deepEqual(weigh('sequence-sum'), rounded(1 / 4, 1 / 4, 0, 1 / 4));
});
