import * as tf from '@tensorflow/tfjs-core';
import type { Policy } from '../model/network/policy.ts';
import {
  createMask,
  createTargetMask,
  shiftTargets,
  takeIds,
  widthOf,
  type TokenBatch,
} from '../model/network/token-batch.ts';
import { requireTokenIds } from '../model/network/token-ids.ts';
import type { OptimizerMoments } from '../model/checkpoints/training-state.ts';
import type { OptimizerPlan } from '../config/training.ts';
import { accumulateGradients, createGradientSums } from './gradients/accumulate-gradients.ts';
import { applyAdamw } from './optimizer/adamw.ts';
import { toAdamwOptions } from './optimizer/adamw-options.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { scoreRows } from './gradients/score-rows.ts';

/** Documents per forward and backward pass; activations of this many stay in the processor's cache. */
const MICRO_BATCH = 32;
/** Row lengths are rounded up to a multiple, so that few graphs are recorded. */
const LENGTH_MULTIPLE = 2;

export interface PretrainCall {
  readonly policy: Policy;
  readonly moments: OptimizerMoments;
  /** token ids, end token included; each at least two tokens */
  readonly documents: readonly Int32Array[];
  readonly padId: number;
  readonly optimizer: OptimizerPlan;
  readonly learningRate: number;
}

/** Documents as rows padded on the right; rows beyond them are padding. */
function padDocuments(documents: readonly Int32Array[], padId: number, rows: number): TokenBatch {
  const longest = Math.max(...documents.map((document) => document.length));
  // The last token is only a target, so the network sees one column less.
  const length = Math.ceil((longest - 1) / LENGTH_MULTIPLE) * LENGTH_MULTIPLE + 1;
  const tokens = new Int32Array(rows * length).fill(padId);
  const completionLengths = new Int32Array(rows);
  documents.forEach((document, row) => {
    tokens.set(document, row * length);
    completionLengths[row] = document.length - 1;
  });
  const promptStarts = new Int32Array(rows);
  return {
    ...{ count: rows, promptLength: 1, completionLength: length - 1 },
    ...{ tokens, promptStarts, completionLengths },
  };
}

/** Σ −logprob·share over targets. Adds a micro-batch's gradient to `into` and returns its share of the loss. */
function accumulateDocuments(
  policy: Policy,
  batch: TokenBatch,
  call: { share: number; into: readonly Float32Array[] },
): number {
  const columns = widthOf(batch) - 1;
  const { config } = policy;
  const shares = createTargetMask(batch, 1).map((value) => value * call.share);
  const [loss] = accumulateGradients({
    policy,
    body: (weights, { ids, targets, shares: each }) => {
      const mask = createMask(Int32Array.of(0), columns);
      const { logprobs } = scoreRows(weights, { ids, targets, mask }, { config, temperature: 1 });
      return [tf.neg(tf.sum(tf.mul(tf.reshape(logprobs, each.shape), each))) as tf.Scalar];
    },
    key: `next-token ${columns}`,
    tensors: {
      ids: tf.tensor1d(takeIds(batch, columns), 'int32'),
      targets: tf.tensor1d(shiftTargets(batch, 1), 'int32'),
      shares: tf.tensor1d(shares),
    },
    into: call.into,
  });
  return loss![0]!;
}

/**
 * One AdamW step on the mean next-token loss over all tokens but the first of all documents, in nats. The policy and its
 * moments change in place; same arguments, same bits.
 *
 * @throws UnknownTokenIdError, NonFiniteLossError, NonFiniteGradientError, leaving everything as it was
 */
export function pretrainStep(call: PretrainCall): { loss: number } {
  const { policy, moments, documents, optimizer, learningRate } = call;
  const short = documents.findIndex((document) => document.length < 2);
  if (short >= 0 || documents.length === 0) {
    throw new RangeError(
      `a step needs documents of at least two tokens; found ${documents.length === 0 ? 'none' : `${documents[short]!.length} in document ${short}`}`,
    );
  }
  documents.forEach((document, index) =>
    requireTokenIds(document, policy.config.vocabularySize, (at) => `token ${at} of document ${index}`),
  );
  const sorted = [...documents.keys()].sort((a, b) => documents[a]!.length - documents[b]!.length || a - b);
  const targets = documents.reduce((sum, document) => sum + document.length - 1, 0);
  const gradients = createGradientSums(policy);
  let loss = 0;
  for (let begin = 0; begin < sorted.length; begin += MICRO_BATCH) {
    const part = sorted.slice(begin, begin + MICRO_BATCH).map((at) => documents[at]!);
    const batch = padDocuments(part, call.padId, Math.min(MICRO_BATCH, documents.length));
    loss += accumulateDocuments(policy, batch, { share: 1 / targets, into: gradients });
  }
  if (!Number.isFinite(loss)) {
    throw new NonFiniteLossError(
      `the next-token loss is ${loss} at learning rate ${learningRate}, update ${moments.step}; expected a finite number. Lower the learning rate`,
    );
  }
  applyAdamw(policy, gradients, { moments, options: toAdamwOptions(optimizer), learningRate });
  return { loss };
}
