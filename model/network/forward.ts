import * as tf from '@tensorflow/tfjs-core';
import { attend } from './attention.ts';
import type { PolicyWeights } from './parameter-layout.ts';
import type { Policy } from './policy.ts';
import {
  createInputs,
  createTargetMask,
  shiftTargets,
  type SequenceInputs,
  widthOf,
  type TokenBatch,
} from './token-batch.ts';
import { requireBatchIds } from './token-ids.ts';
import { scoreTokens } from './token-scores.ts';
import { normalizeFinal, projectToVocabulary, runLayers } from './transformer.ts';

/** Scores of T target columns in N rows, natural logarithms; what stands at padding is finite and means nothing. */
export interface TokenScores {
  /** [N, T] float32 */
  readonly logprobs: tf.Tensor2D;
  /** [N, T] float32 */
  readonly entropies: tf.Tensor2D;
}

/** Columns `from` … S − 1 of every row of [N·S, D], as [N·(S − from), D]. */
export function takeColumns(hidden: tf.Tensor, inputs: SequenceInputs, from: number): tf.Tensor {
  if (from === 0) return hidden;
  const { count, length } = inputs;
  const width = hidden.shape[1]!;
  const rows = tf.slice(
    tf.reshape(hidden, [count, length, width]),
    [0, from, 0],
    [count, length - from, width],
  );
  return tf.reshape(rows, [count * (length - from), width]);
}

/** The network up to and including the final norm, [N·(S − keepFrom), D], for columns from `keepFrom` on. */
export function encodeHidden(weights: PolicyWeights, inputs: SequenceInputs, keepFrom: number): tf.Tensor {
  const { config, ids } = inputs;
  const hidden = runLayers(weights, {
    config,
    ids,
    attend: (projected) => attend(projected, inputs),
    keepLast: (rows) => takeColumns(rows, inputs, keepFrom),
  });
  return normalizeFinal(weights, hidden, config);
}

/** Logits [N, S, V] float32 of every column; differentiable in the policy's parameters. */
export function forwardLogits(policy: Policy, batch: TokenBatch): tf.Tensor3D {
  return tf.tidy(() => {
    const inputs = createInputs(policy.config, batch, widthOf(batch));
    const logits = projectToVocabulary(policy.weights, encodeHidden(policy.weights, inputs, 0));
    return tf.reshape(logits, [batch.count, widthOf(batch), policy.config.vocabularySize]);
  });
}

/** One score of a critic per target column, [1, N·T]: of the state before the column's token, as in `scorePrepared`. */
export function valuePrepared(
  weights: PolicyWeights,
  inputs: SequenceInputs,
  call: { targets: tf.Tensor1D },
): tf.Tensor2D {
  const keepFrom = inputs.length - call.targets.size / inputs.count;
  const scores = projectToVocabulary(weights, encodeHidden(weights, inputs, keepFrom));
  return tf.reshape<tf.Rank.R2>(scores, [1, call.targets.size]);
}

/** Logits [N·T, V] of prepared inputs in the columns that predict `targets`, the last T shifted by one. */
export function predictPrepared(
  weights: PolicyWeights,
  inputs: SequenceInputs,
  { targets }: { targets: tf.Tensor1D },
): tf.Tensor {
  const keepFrom = inputs.length - targets.size / inputs.count;
  return projectToVocabulary(weights, encodeHidden(weights, inputs, keepFrom));
}

/** Scores of prepared inputs: [2, N·T] logprobs and entropies of `targets`, the last T columns shifted by one. */
export function scorePrepared(
  weights: PolicyWeights,
  inputs: SequenceInputs,
  call: { targets: tf.Tensor1D; temperature: number },
): tf.Tensor2D {
  return scoreTokens(predictPrepared(weights, inputs, call), call.targets, call.temperature);
}

function scoreColumns(
  policy: Policy,
  batch: TokenBatch,
  call: { from: number; temperature: number },
): TokenScores {
  const { from, temperature } = call;
  requireBatchIds(batch, policy.config.vocabularySize);
  return tf.tidy(() => {
    const inputs = createInputs(policy.config, batch, widthOf(batch) - 1);
    const targets = tf.tensor1d(shiftTargets(batch, from), 'int32');
    const [logprobs, entropies] = tf.unstack(
      scorePrepared(policy.weights, inputs, { targets, temperature }),
    ) as [tf.Tensor1D, tf.Tensor1D];
    const shape: [number, number] = [batch.count, widthOf(batch) - from];
    return {
      logprobs: tf.reshape<tf.Rank.R2>(logprobs, shape),
      entropies: tf.reshape<tf.Rank.R2>(entropies, shape),
    };
  });
}

/**
 * Logprobs and entropies [N, T] of the completion tokens (T = S − P) under softmax(logits / temperature);
 * differentiable in the policy's parameters. The caller masks padding.
 *
 * @throws UnknownTokenIdError
 */
export function scoreCompletions(policy: Policy, batch: TokenBatch, temperature: number): TokenScores {
  return scoreColumns(policy, batch, { from: batch.promptLength, temperature });
}

/**
 * Language-model scores of all next tokens, [N, S − 1], with `tokenMask` [N, S − 1] = 1 where a real token follows a
 * real token; differentiable in the policy's parameters.
 *
 * @throws UnknownTokenIdError
 */
export function scoreSequences(policy: Policy, batch: TokenBatch): TokenScores & { tokenMask: tf.Tensor2D } {
  const scores = scoreColumns(policy, batch, { from: 1, temperature: 1 });
  const tokenMask = tf.tensor2d(createTargetMask(batch, 1), [batch.count, widthOf(batch) - 1]);
  return { ...scores, tokenMask };
}
