import type { ShapedBatch } from './update-policy.ts';

/** Arrays [N, T] that not every batch has. */
const optionalArrays = ['disparities', 'referenceLogprobs', 'values', 'returns', 'valueMask'] as const;

/** Some rollouts of a shaped batch, in their order, as a batch of their own. */
export function pickRollouts(batch: ShapedBatch, rollouts: readonly number[]): ShapedBatch {
  const width = batch.promptLength + batch.completionLength;
  const tokens = new Int32Array(rollouts.length * width);
  rollouts.forEach((rollout, row) => {
    tokens.set(batch.tokens.subarray(rollout * width, (rollout + 1) * width), row * width);
  });
  const pick = (values: Float32Array): Float32Array => {
    const columns = batch.completionLength;
    const picked = new Float32Array(rollouts.length * columns);
    rollouts.forEach((rollout, row) => {
      picked.set(values.subarray(rollout * columns, (rollout + 1) * columns), row * columns);
    });
    return picked;
  };
  const optional = optionalArrays.flatMap((name) => {
    const values = batch[name];
    return values === undefined ? [] : [[name, pick(values)] as const];
  });
  return {
    ...batch,
    count: rollouts.length,
    tokens,
    promptStarts: Int32Array.from(rollouts, (rollout) => batch.promptStarts[rollout]!),
    completionLengths: Int32Array.from(rollouts, (rollout) => batch.completionLengths[rollout]!),
    finished: Uint8Array.from(rollouts, (rollout) => batch.finished[rollout]!),
    advantages: Float32Array.from(rollouts, (rollout) => batch.advantages[rollout]!),
    logprobs: pick(batch.logprobs),
    entropies: pick(batch.entropies),
    credit: pick(batch.credit),
    tokenMask: pick(batch.tokenMask),
    ...Object.fromEntries(optional),
  };
}
