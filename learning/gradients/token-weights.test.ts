import assert from 'node:assert/strict';
import { test } from 'node:test';
import { weighTokens } from './token-weights.ts';

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
