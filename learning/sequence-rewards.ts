import { measureSpread } from './group-advantages.ts';
import type { TokenGrid } from './returns.ts';

/**
 * Rewards with the KL penalty of RLOO (arXiv 2402.14740) in them: r − beta · Σ_t (behavior − reference logprob).
 *
 * @param rewards [N]
 * @returns [N] float64
 */
export function penalizeRewards(
  grid: TokenGrid,
  rewards: readonly number[],
  penalty: { beta: number; behaviorLogprobs: ArrayLike<number>; referenceLogprobs: ArrayLike<number> },
): number[] {
  return rewards.map((reward, row) => {
    let difference = 0;
    for (let at = row * grid.width; at < (row + 1) * grid.width; at += 1) {
      if (grid.tokenMask[at] !== 1) continue;
      difference += penalty.behaviorLogprobs[at]! - penalty.referenceLogprobs[at]!;
    }
    return reward - penalty.beta * difference;
  });
}

/** Advantages standardised over the batch: (A − mean) / (std + 1e-4), ddof 1 (TRL's `normalize_advantages`). [N] → [N] */
export function standardizeAdvantages(advantages: ArrayLike<number>): Float32Array {
  const values = Array.from(advantages);
  const { mean, deviation } = measureSpread(values);
  return Float32Array.from(values, (value) => (value - mean) / (deviation + 1e-4));
}
