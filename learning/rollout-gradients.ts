import * as tf from '@tensorflow/tfjs-core';
import type { Policy } from '../model/policy.ts';
import { createMask, shiftTargets } from '../model/token-batch.ts';
import type { Scheme } from '../spec/scheme.ts';
import { accumulateGradients, type LossBody } from './accumulate-gradients.ts';
import { cutColumns, takeInputs, type MicroBatch } from './micro-batches.ts';
import { penalizeDivergence } from './kl-penalty.ts';
import { computePolicyLoss } from './policy-gradient-loss.ts';
import { scoreRows } from './score-rows.ts';
import type { ShapedBatch } from './update-policy.ts';

/** What is constant over one optimizer batch; arrays are [N, T]. */
export interface LossContext {
  readonly policy: Policy;
  readonly batch: ShapedBatch;
  readonly options: Scheme['loss'];
  readonly temperature: number;
  /** null when beta is 0 */
  readonly referenceLogprobs: Float32Array | null;
  /** 1 where a token carries policy gradient */
  readonly gradientMask: Float32Array;
  /** of `weighTokens` */
  readonly weights: Float32Array;
}

/** What a micro-batch adds to its optimizer batch. */
export interface RolloutLoss {
  /** share of the loss, KL and entropy terms included */
  readonly loss: number;
  /** sum over counted tokens of the KL to the reference, nats, before its weight; 0 without a reference */
  readonly kl: number;
  /** [n, T'] policy over behavior probability */
  readonly ratio: Float32Array;
}

/** Tensors: ids, targets, mask; behavior logprobs, credit, token mask, gradient mask, weights; reference logprobs if any. */
function createBody({ policy, options, temperature }: LossContext): LossBody {
  return (weights, tensors) => {
    const [ids, targets, mask] = tensors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor];
    const [behaviorLogprobs, credit, tokenMask, gradientMask, tokenWeights, referenceLogprobs] =
      tensors.slice(3) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D?];
    const scores = scoreRows(weights, { ids, targets, mask }, { config: policy.config, temperature });
    const { rows, ratio } = computePolicyLoss(
      {
        ...scores,
        behaviorLogprobs,
        referenceLogprobs: referenceLogprobs ?? null,
        credit,
        tokenMask,
        gradientMask,
        weights: tokenWeights,
      },
      options,
    );
    if (referenceLogprobs === undefined) return [tf.sum(rows), ratio];
    const divergence = penalizeDivergence({ ...scores, referenceLogprobs, tokenMask, ratio }, options);
    return [tf.sum(rows), ratio, tf.sum(tf.mul(divergence, tokenMask))];
  };
}

/** Schemes that differ only in what reaches the graph as arrays share their recordings. */
function nameBody({ options, temperature }: LossContext): string {
  const { aggregation: _weights, topEntropyQuantile: _gradientMask, ...inGraph } = options;
  return JSON.stringify([inGraph, temperature]);
}

/** Adds the gradient of a micro-batch's share of the policy loss to `into`. */
export function accumulateRollouts(
  context: LossContext,
  part: MicroBatch,
  into: readonly Float32Array[],
): RolloutLoss {
  const { batch, policy } = context;
  const { tokens, completionLength } = part;
  const arrays = [batch.logprobs, batch.credit, batch.tokenMask, context.gradientMask, context.weights];
  if (context.referenceLogprobs !== null) arrays.push(context.referenceLogprobs);
  const [loss, ratio, kl] = accumulateGradients({
    policy,
    body: createBody(context),
    key: nameBody(context),
    tensors: [
      tf.tensor1d(takeInputs(tokens), 'int32'),
      tf.tensor1d(shiftTargets(tokens, tokens.promptLength), 'int32'),
      createMask(tokens.promptStarts, tokens.length - 1),
      ...arrays.map((values) =>
        tf.tensor2d(cutColumns(batch, part, values), [tokens.count, completionLength]),
      ),
    ],
    into,
  }) as [Float32Array, Float32Array, Float32Array?];
  return { loss: loss[0]!, kl: kl?.[0] ?? 0, ratio };
}
