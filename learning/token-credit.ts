import { AUTHORS, type RolloutBatch } from '../rollouts/rollout-batch.ts';

/** What the credit of N rollouts with T completion columns is derived from. */
export interface CreditInput extends Pick<
  RolloutBatch,
  'count' | 'completionLength' | 'completionLengths' | 'finished' | 'authors'
> {
  /** [N] */
  readonly advantages: Float32Array;
  /** leave truncated completions out of the loss and its divisors (DAPO, arXiv 2503.14476, overlong filtering) */
  readonly maskTruncated: boolean;
}

export interface TokenCredit {
  /** [N, T] float32: advantage on counted tokens, else 0 */
  readonly credit: Float32Array;
  /** [N, T] float32: 1 where a token counts in the loss */
  readonly tokenMask: Float32Array;
}

/** Spreads each rollout's advantage evenly over its sampled tokens: the policy learns from what it wrote itself. */
export function creditTokens(input: CreditInput): TokenCredit {
  const { count, completionLength: width, completionLengths, finished, authors, advantages } = input;
  const credit = new Float32Array(count * width);
  const tokenMask = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) {
    if (input.maskTruncated && finished[row] === 0) continue;
    const end = row * width + completionLengths[row]!;
    for (let at = row * width; at < end; at += 1) {
      if (authors[at] !== AUTHORS.policy) continue;
      tokenMask[at] = 1;
      credit[at] = advantages[row]!;
    }
  }
  return { credit, tokenMask };
}
