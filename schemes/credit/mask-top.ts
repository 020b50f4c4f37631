/**
 * 1 where a masked token's value is in the top `share` of all masked tokens, else 0: at least the linearly interpolated
 * (1 − share) quantile (Wang et al. 2025, "Beyond the 80/20 rule", in TRL's form).
 *
 * @param values [M], e.g. entropies
 * @param tokenMask [M] 1 where a token counts
 */
export function maskTop(values: Float32Array, tokenMask: Float32Array, share: number): Float32Array {
  const sorted = values.filter((_, at) => tokenMask[at] !== 0).sort();
  if (sorted.length === 0) return new Float32Array(values.length);
  // In float32, as torch has it: in float64 0.82 · 150 lies just above 123, and the token of rank 123 would be lost.
  const rank = Math.fround((1 - share) * (sorted.length - 1));
  const low = sorted[Math.floor(rank)]!;
  const high = sorted[Math.ceil(rank)]!;
  const threshold = low + (high - low) * (rank - Math.floor(rank));
  return values.map((value, at) => Number(tokenMask[at] !== 0 && value >= threshold));
}
