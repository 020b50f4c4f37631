import type { Scheme } from '../../config/scheme.ts';

/** One optimizer batch of N rollouts with T completion columns. */
export interface WeightInput {
  /** T */
  readonly width: number;
  /** [N, T]: 1 where a token counts */
  readonly tokenMask: Float32Array;
  readonly aggregation: Scheme['aggregation'];
  /** the divisor of dr_grpo */
  readonly maxNewTokens: number;
  /** rollouts per local batch of bnpo, consecutive */
  readonly localBatch: number;
}

/** How many tokens of rows [begin, end) count. */
function countTokens({ tokenMask, width }: WeightInput, begin: number, end: number): number {
  let counted = 0;
  for (let at = begin * width; at < end * width; at += 1) counted += tokenMask[at]!;
  return counted;
}

/** What each counted token of a row is divided by. */
function chooseDivisor(input: WeightInput, count: number): (row: number) => number {
  const { aggregation, maxNewTokens, localBatch } = input;
  if (aggregation === 'sequence-sum') return () => count;
  if (aggregation === 'dr_grpo') return () => count * maxNewTokens;
  if (aggregation === 'grpo') return (row) => count * countTokens(input, row, row + 1);
  if (aggregation === 'dapo') {
    const tokens = countTokens(input, 0, count);
    return () => tokens;
  }
  const parts = Math.ceil(count / localBatch);
  const tokens = Array.from({ length: parts }, (_, part) =>
    countTokens(input, part * localBatch, Math.min(count, (part + 1) * localBatch)),
  );
  return (row) => parts * tokens[Math.floor(row / localBatch)]!;
}

/**
 * Aggregation as one weight per token, so that a loss is Σ weight · token loss and micro-batches add up to the whole:
 *
 * | aggregation | weight of a counted token of a row with L tokens |
 * | --- | --- |
 * | grpo | 1 / (N·L); a row without counted tokens adds 0 and still counts in N |
 * | bnpo | 1 / (counted tokens of its local batch · number of local batches) |
 * | dapo | 1 / (counted tokens of the optimizer batch) |
 * | dr_grpo | 1 / (N · maxNewTokens) |
 * | sequence-sum | 1 / N |
 *
 * Sources: arXiv 2402.03300 (grpo), 2503.14476 (dapo), 2503.20783 (dr_grpo), 2402.14740 (sequence-sum); TRL for bnpo.
 *
 * @returns [N, T] float32, 0 where the mask is 0
 */
export function weighTokens(input: WeightInput): Float32Array {
  const { width, tokenMask } = input;
  const count = tokenMask.length / width;
  const divisorOf = chooseDivisor(input, count);
  const weights = new Float32Array(tokenMask.length);
  for (let row = 0; row < count; row += 1) {
    const divisor = divisorOf(row);
    for (let at = row * width; at < (row + 1) * width; at += 1) {
      if (tokenMask[at] === 1) weights[at] = 1 / divisor;
    }
  }
  return weights;
}
