import * as tf from '@tensorflow/tfjs-core';
import type { Scheme } from '../spec/scheme.ts';
import { penalizeDivergence } from './kl-penalty.ts';

type LossOptions = Scheme['loss'];

/** What the loss of n rollouts with T completion columns needs; all [n, T] float32. */
export interface LossInput {
  /** of the policy being trained; differentiable */
  readonly logprobs: tf.Tensor2D;
  /** of the policy being trained, nats; differentiable */
  readonly entropies: tf.Tensor2D;
  /** as recorded when sampling */
  readonly behaviorLogprobs: tf.Tensor2D;
  /** null when options.beta is 0 */
  readonly referenceLogprobs: tf.Tensor2D | null;
  /** advantage per token */
  readonly credit: tf.Tensor2D;
  /** 1 where a sampled token counts */
  readonly tokenMask: tf.Tensor2D;
  /** 1 where a token carries policy gradient: tokenMask, or its part of high entropy */
  readonly gradientMask: tf.Tensor2D;
  /** of `weighTokens` over the whole optimizer batch, so that the losses of its parts add up */
  readonly weights: tf.Tensor2D;
  /** the entropy bonus's weight in force times `weights`; null without a bonus */
  readonly entropyWeights: tf.Tensor2D | null;
  /** of KL-Cov, see `controlTokens`; null without it */
  readonly penaltySlopes: tf.Tensor2D | null;
}

/** To be minimised. */
export interface PolicyLoss {
  /** [n]: each rollout's share; their sum over the optimizer batch is the loss */
  readonly rows: tf.Tensor1D;
  /** [n, T]: policy over behavior probability, before any clipping; 1 on padding; e⁸⁸ where more would overflow unused */
  readonly ratio: tf.Tensor2D;
}

/** A log ratio whose ratio is still finite in float32, and beyond every clip. */
const LARGE_LOG_RATIO = 88;

/**
 * How far the log ratio of a token may matter. Where a clip, a cap, a mask or a credit of 0 takes the ratio away, one that
 * overflows would still give inf · 0 = NaN in the loss or, through the derivative of exp, in the gradient. Where the ratio
 * itself is the loss there is no bound, and an overflow shows as a loss that is not finite. Null: no bound anywhere.
 */
function boundLogRatio(input: LossInput, options: LossOptions): tf.Tensor | number | null {
  const { objective, delta, beta, klBiasCorrection } = options;
  if (klBiasCorrection && beta > 0) return null;
  if (objective === 'cispo' || objective === 'reinforce') return LARGE_LOG_RATIO;
  if (objective === 'clipped' && delta !== null) return LARGE_LOG_RATIO;
  const pull = tf.mul(input.credit, input.gradientMask);
  const matters = objective === 'clipped' ? tf.less(pull, 0) : tf.notEqual(pull, 0);
  return tf.where(matters, Infinity, LARGE_LOG_RATIO);
}

/**
 * exp(logprob − behavior logprob) per token; at sequence level exp(mean over the row's counted tokens), the same for each
 * of its tokens (GSPO, arXiv 2507.18071). [n, T]
 */
function computeRatio(input: LossInput, options: LossOptions): tf.Tensor2D {
  const { logprobs, behaviorLogprobs, tokenMask } = input;
  // Padding is masked before exp, so that noise there cannot overflow.
  let logRatio = tf.mul(tf.sub(logprobs, behaviorLogprobs), tokenMask);
  if (options.ratioLevel === 'sequence') {
    const lengths = tf.maximum(tf.sum(tokenMask, 1, true), 1);
    const mean = tf.div(tf.sum(logRatio, 1, true), lengths);
    logRatio = tf.mul(mean, tf.onesLike(tokenMask));
  }
  const bound = boundLogRatio(input, options);
  return tf.exp((bound === null ? logRatio : tf.minimum(logRatio, bound)) as tf.Tensor2D);
}

/** −min(r·A, clip(r, 1 − epsilonLow, 1 + epsilonHigh)·A); delta caps the first r only (two-sided clip). */
function clipSurrogate(ratio: tf.Tensor, credit: tf.Tensor, options: LossOptions): tf.Tensor {
  const { epsilonLow, epsilonHigh, delta } = options;
  const capped = delta === null ? ratio : tf.clipByValue(ratio, 0, delta);
  const clipped = tf.clipByValue(ratio, 1 - epsilonLow, 1 + epsilonHigh);
  return tf.neg(tf.minimum(tf.mul(capped, credit), tf.mul(clipped, credit)));
}

/** A copy of `tensor` that no gradient flows through. */
function stopGradient(tensor: tf.Tensor2D): tf.Tensor2D {
  const operation = tf.customGrad((input) => ({
    value: tf.clone(input as tf.Tensor),
    gradFunc: (dy) => tf.zerosLike(dy),
  }));
  return operation(tensor) as tf.Tensor2D;
}

function objectivePerToken(input: LossInput, ratio: tf.Tensor2D, options: LossOptions): tf.Tensor {
  const { credit, logprobs, tokenMask } = input;
  if (options.objective === 'clipped') return clipSurrogate(ratio, credit, options);
  if (options.objective === 'unclipped') return tf.neg(tf.mul(ratio, credit));
  const scored = tf.mul(tf.mul(logprobs, tokenMask), credit);
  if (options.objective === 'reinforce') return tf.neg(scored);
  return tf.neg(tf.mul(tf.minimum(stopGradient(ratio), options.epsilonHigh), scored));
}

/**
 * The loss of a scheme, per token and before aggregation:
 * - clipped: −min(r·A, clip(r, 1 − epsilonLow, 1 + epsilonHigh)·A) (PPO, GRPO, DAPO; GSPO at sequence level)
 * - unclipped: −r·A
 * - cispo: −min(r, epsilonHigh)·A·logprob, no gradient through the weight; epsilonHigh is the cap itself (arXiv 2506.13585)
 * - reinforce: −A·logprob
 *
 * times `gradientMask`, plus beta · KL (which the entropy mask does not touch), plus penaltySlopes · (logprob − behavior
 * logprob), summed with `weights`; minus the entropies summed with `entropyWeights`. Equal to TRL 1.16.0's GRPOTrainer where that has the same options.
 */
export function computePolicyLoss(input: LossInput, options: LossOptions): PolicyLoss {
  return tf.tidy(() => {
    const { gradientMask, weights, entropies, referenceLogprobs, entropyWeights, penaltySlopes } = input;
    const ratio = computeRatio(input, options);
    const terms = [tf.mul(objectivePerToken(input, ratio, options), gradientMask)];
    if (referenceLogprobs !== null && options.beta > 0) {
      terms.push(tf.mul(penalizeDivergence({ ...input, referenceLogprobs, ratio }, options), options.beta));
    }
    if (penaltySlopes !== null) {
      terms.push(tf.mul(tf.sub(input.logprobs, input.behaviorLogprobs), penaltySlopes));
    }
    const weighted = tf.mul(tf.addN(terms), weights);
    const total = entropyWeights === null ? weighted : tf.sub(weighted, tf.mul(entropies, entropyWeights));
    return { rows: tf.sum(total, 1) as tf.Tensor1D, ratio };
  });
}
