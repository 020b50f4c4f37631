import { scorePrepared } from './forward.ts';
import type { Policy } from './policy.ts';
import { scoreColumns } from './score-columns.ts';
import type { TokenBatch } from './token-batch.ts';

export interface ScoringCall {
  readonly temperature: number;
  /** rows scored at a time */
  readonly microBatch?: number;
}

/** Scores [N, T] float32, row-major, natural logarithms; what stands at padding is finite and means nothing. */
export interface ScoreArrays {
  readonly logprobs: Float32Array;
  readonly entropies: Float32Array;
}

/**
 * Logprobs and entropies of all completions under softmax(logits / temperature), without a gradient; rows in
 * micro-batches, each replayed as one graph where the backend can. For a reference policy, a teacher, a probe.
 */
export function scoreArrays(policy: Policy, batch: TokenBatch, call: ScoringCall): ScoreArrays {
  const { temperature, microBatch } = call;
  const [logprobs, entropies] = scoreColumns(policy, batch, {
    microBatch,
    column: {
      key: `logprobs at ${temperature}`,
      outputs: 2,
      score: (weights, inputs, targets) => scorePrepared(weights, inputs, { targets, temperature }),
    },
  }) as [Float32Array, Float32Array];
  return { logprobs, entropies };
}
