/** Length of the longest common subsequence of two sequences. */
function commonLength(first: readonly string[], second: readonly string[]): number {
  let previous = new Int32Array(second.length + 1);
  for (const unit of first) {
    const current = new Int32Array(second.length + 1);
    second.forEach((other, i) => {
      current[i + 1] = unit === other ? previous[i]! + 1 : Math.max(previous[i + 1]!, current[i]!);
    });
    previous = current;
  }
  return previous[second.length]!;
}

/**
 * ROUGE-L of a generated sequence against a reference: P = LCS/|generated|, R = LCS/|reference|, F = 2PR/(P + R) =
 * 2·LCS/(|generated| + |reference|), in [0, 1]; 0 when they share nothing. Source: Lin 2004, with β = 1 as arXiv 2507.10532 uses it.
 */
export function rougeL(generated: readonly string[], reference: readonly string[]): number {
  const units = generated.length + reference.length;
  return units === 0 ? 0 : (2 * commonLength(generated, reference)) / units;
}
