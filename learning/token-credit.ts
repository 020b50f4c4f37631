/** Per-token credit of N rollouts with T completion columns, row-major. */
export interface TokenCredit {
  /** [N, T]: 1 where a sampled token counts in the loss */
  readonly tokenMask: Float32Array;
  /** [N, T]: the advantage each token is credited with; 0 where masked */
  readonly credit: Float32Array;
}

/**
 * Spreads each rollout's advantage evenly over its sampled tokens.
 *
 * @param call.maskTruncated leave rollouts without an end token out of the loss (DAPO overlong filtering, arXiv 2503.14476)
 */
export function creditTokens(call: {
  /** [N] */
  readonly advantages: Float32Array;
  /** [N] */
  readonly completionLengths: Int32Array;
  /** [N] */
  readonly finished: Uint8Array;
  /** T */
  readonly completionLength: number;
  readonly maskTruncated: boolean;
}): TokenCredit {
  const { advantages, completionLengths, finished, completionLength, maskTruncated } = call;
  const tokenMask = new Float32Array(advantages.length * completionLength);
  const credit = new Float32Array(tokenMask.length);
  advantages.forEach((advantage, row) => {
    if (maskTruncated && finished[row] === 0) return;
    const begin = row * completionLength;
    tokenMask.fill(1, begin, begin + completionLengths[row]!);
    credit.fill(advantage, begin, begin + completionLengths[row]!);
  });
  return { tokenMask, credit };
}
