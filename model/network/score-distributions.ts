import * as tf from '@tensorflow/tfjs-core';
import { predictPrepared } from './forward.ts';
import type { Policy } from './policy.ts';
import type { ScoringCall } from './score-arrays.ts';
import { scoreColumns } from './score-columns.ts';
import type { TokenBatch } from './token-batch.ts';
import { distributeTokens } from './token-scores.ts';

/**
 * Logprobs of all V tokens at every place of all completions under softmax(logits / temperature), without a gradient.
 *
 * @returns [N, T, V] float32, row-major, nats; what stands at padding is finite and means nothing
 */
export function scoreDistributions(policy: Policy, batch: TokenBatch, call: ScoringCall): Float32Array {
  const { temperature, microBatch } = call;
  const vocabulary = policy.config.vocabularySize;
  const byToken = scoreColumns(policy, batch, {
    microBatch,
    column: {
      key: `distributions at ${temperature}`,
      outputs: vocabulary,
      score: (weights, inputs, targets) =>
        tf.transpose(distributeTokens(predictPrepared(weights, inputs, { targets }), temperature)),
    },
  });
  const distributions = new Float32Array(batch.count * batch.completionLength * vocabulary);
  byToken.forEach((logprobs, token) => {
    logprobs.forEach((logprob, at) => {
      distributions[at * vocabulary + token] = logprob;
    });
  });
  return distributions;
}
