import type { ShapedBatch } from '../rollouts/rollout-batch.ts';

/** Sums of token weights by their place in the whole batch, and in how many updates each rollout took part. */
export function createWeightMeans({ count, completionLength: width }: ShapedBatch) {
  const sums = new Float32Array(count * width);
  const updates = new Float32Array(count);
  return {
    add: (rollouts: readonly number[], tokenWeights: Float32Array): void =>
      rollouts.forEach((rollout, row) => {
        updates[rollout]! += 1;
        for (let at = 0; at < width; at += 1) sums[rollout * width + at]! += tokenWeights[row * width + at]!;
      }),
    means: (): Float32Array => sums.map((sum, at) => sum / Math.max(updates[Math.floor(at / width)]!, 1)),
  };
}
