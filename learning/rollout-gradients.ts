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
  /** null without an entropy bonus */
  readonly entropyWeights: Float32Array | null;
  /** null without KL-Cov */
  readonly penaltySlopes: Float32Array | null;
}

/** Arrays that not every scheme has, in the order in which they follow the others. */
const optionalArrays = ['referenceLogprobs', 'entropyWeights', 'penaltySlopes'] as const;

/** What a micro-batch adds to its optimizer batch. */
export interface RolloutLoss {
  /** share of the loss, KL and entropy terms included */
  readonly loss: number;
  /** sum over counted tokens of the KL to the reference, nats, before its weight; 0 without a reference */
  readonly kl: number;
  /** [n, T'] policy over behavior probability */
  readonly ratio: Float32Array;
}

function listPresent(context: LossContext): (typeof optionalArrays)[number][] {
  return optionalArrays.filter((name) => context[name] !== null);
}

/** Tensors: ids, targets, mask; behavior logprobs, credit, token mask, gradient mask, weights; the optional ones present. */
function createBody(context: LossContext): LossBody {
  const { policy, options, temperature } = context;
  const present = listPresent(context);
  return (weights, tensors) => {
    const [ids, targets, mask] = tensors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor];
    const [behaviorLogprobs, credit, tokenMask, gradientMask, tokenWeights, ...optional] = tensors.slice(
      3,
    ) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, tf.Tensor2D, ...tf.Tensor2D[]];
    const [referenceLogprobs, entropyWeights, penaltySlopes] = optionalArrays.map(
      (name) => optional[present.indexOf(name)] ?? null,
    ) as [tf.Tensor2D | null, tf.Tensor2D | null, tf.Tensor2D | null];
    const scores = scoreRows(weights, { ids, targets, mask }, { config: policy.config, temperature });
    const { rows, ratio } = computePolicyLoss(
      {
        ...scores,
        behaviorLogprobs,
        referenceLogprobs,
        credit,
        tokenMask,
        gradientMask,
        weights: tokenWeights,
        entropyWeights,
        penaltySlopes,
      },
      options,
    );
    if (referenceLogprobs === null) return [tf.sum(rows), ratio];
    const divergence = penalizeDivergence({ ...scores, referenceLogprobs, tokenMask, ratio }, options);
    return [tf.sum(rows), ratio, tf.sum(tf.mul(divergence, tokenMask))];
  };
}

/** Options that reach the graph as arrays. */
const asArrays: readonly (keyof LossContext['options'])[] = [
  'aggregation',
  'topEntropyQuantile',
  'entropyCoefficient',
  'entropyTarget',
  'entropyStep',
  'covarianceControl',
  'covarianceShare',
  'covarianceLow',
  'covarianceHigh',
  'covariancePenalty',
];

/** Schemes that differ only in what reaches the graph as arrays share their recordings. */
function nameBody(context: LossContext): string {
  const options = Object.entries(context.options);
  const inGraph = options.filter(([name]) => !asArrays.some((option) => option === name));
  return JSON.stringify([inGraph, context.temperature, listPresent(context)]);
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
  arrays.push(...listPresent(context).map((name) => context[name]!));
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
