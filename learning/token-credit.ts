/** What the credit of N rollouts is derived from; T completion columns, arrays row-major. */
export interface CreditInput {
  /** N */
  readonly count: number;
  /** T */
  readonly completionLength: number;
  /** [N]: sampled tokens, the end token included */
  readonly completionLengths: Int32Array;
  /** [N]: 1 = closed by the end token, 0 = truncated */
  readonly finished: Uint8Array;
  /** [N] */
  readonly advantages: Float32Array;
  /** leave truncated completions out of the loss and its divisors (DAPO, arXiv 2503.14476, overlong filtering) */
  readonly maskTruncated: boolean;
}

export interface TokenCredit {
  /** [N, T] float32: advantage on counted tokens, else 0 */
  readonly credit: Float32Array;
  /** [N, T] float32: 1 where a sampled token counts in the loss */
  readonly tokenMask: Float32Array;
}

/** Spreads each rollout's advantage evenly over its sampled tokens. */
export function creditTokens(input: CreditInput): TokenCredit {
  const { count, completionLength: width, completionLengths, finished, advantages } = input;
  const credit = new Float32Array(count * width);
  const tokenMask = new Float32Array(count * width);
  for (let row = 0; row < count; row += 1) {
    if (input.maskTruncated && finished[row] === 0) continue;
    const end = row * width + completionLengths[row]!;
    tokenMask.fill(1, row * width, end);
    credit.fill(advantages[row]!, row * width, end);
  }
  return { credit, tokenMask };
}
