import * as tf from '@tensorflow/tfjs-core';
import type { Scheme } from '../spec/scheme.ts';

export type LossPlan = Scheme['loss'];

/** The constants of the WHOLE optimizer batch that a micro-batch's share is divided by, so that shares add up. */
export interface LossDivisors {
  /** N, rollouts of the optimizer batch */
  readonly sequences: number;
  /** sum of the token mask over the optimizer batch */
  readonly tokens: number;
  /** longest possible completion, the divisor of dr_grpo */
  readonly maxNewTokens: number;
}

/** Tensors of n rollouts with T completion columns, all [n, T] float32. */
export interface LossInputs {
  /** of the current policy; differentiable */
  readonly logprobs: tf.Tensor2D;
  /** of the current policy, nats; differentiable; used by the entropy bonus only */
  readonly entropies: tf.Tensor2D;
  readonly behaviorLogprobs: tf.Tensor2D;
  /** null when beta is 0 */
  readonly referenceLogprobs: tf.Tensor2D | null;
  /** the advantage of each token */
  readonly credit: tf.Tensor2D;
  readonly tokenMask: tf.Tensor2D;
  /** 1 where the policy gradient may act (top entropies); null: everywhere */
  readonly entropyMask: tf.Tensor2D | null;
}

/** The loss with what is logged about it; scalars, shares of the optimizer batch that add up over micro-batches. */
export interface PolicyGradientLoss {
  readonly loss: tf.Scalar;
  /** sum over masked tokens of the KL estimate; 0 without a reference */
  readonly klSum: tf.Scalar;
  /** masked tokens whose gradient the clip took away */
  readonly clippedTokens: tf.Scalar;
  /** sum over masked tokens of the importance ratio */
  readonly ratioSum: tf.Scalar;
}

/** Tokens per row, at least 1, so that a fully masked row contributes 0 instead of NaN; [n, 1]. */
function rowTokens(tokenMask: tf.Tensor2D): tf.Tensor2D {
  return tf.maximum(tf.sum(tokenMask, 1, true), 1) as tf.Tensor2D;
}

/** log ratio per token, or the row's mean for every token (GSPO, arXiv 2507.18071). */
function logRatios(inputs: LossInputs, level: LossPlan['ratioLevel']): tf.Tensor2D {
  const perToken = tf.mul(tf.sub(inputs.logprobs, inputs.behaviorLogprobs), inputs.tokenMask) as tf.Tensor2D;
  if (level === 'token') return perToken;
  return tf.div(tf.sum(perToken, 1, true), rowTokens(inputs.tokenMask)) as tf.Tensor2D;
}

interface Surrogate {
  readonly perToken: tf.Tensor;
  readonly clipped: tf.Tensor;
}

/** −min(r·A, clip(r)·A), the first r capped by delta (papers: PPO arXiv 1707.06347; two-sided clip INTELLECT-2). */
function clippedSurrogate(ratio: tf.Tensor, credit: tf.Tensor, plan: LossPlan): Surrogate {
  const low = 1 - plan.epsilonLow;
  const high = 1 + plan.epsilonHigh;
  const capped = plan.delta === null ? ratio : tf.minimum(ratio, plan.delta);
  const free = tf.mul(capped, credit);
  const bounded = tf.mul(tf.clipByValue(ratio, low, high), credit);
  const clipped = tf.logicalOr(
    tf.logicalAnd(tf.less(ratio, low), tf.less(credit, 0)),
    tf.logicalAnd(tf.greater(ratio, high), tf.greater(credit, 0)),
  );
  return { perToken: tf.neg(tf.minimum(free, bounded)), clipped };
}

/** The ratio is a constant weight: its gradient is cut, whatever function computed it. */
const stopGradient = tf.customGrad((x) => ({
  value: (x as tf.Tensor).clone(),
  gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
})) as (x: tf.Tensor) => tf.Tensor;

/** −sg(min(r, epsilonHigh))·A·logprob (CISPO, arXiv 2506.13585, in TRL's parametrisation). */
function cispoSurrogate(ratio: tf.Tensor, inputs: LossInputs, plan: LossPlan): Surrogate {
  const weight = stopGradient(tf.minimum(ratio, plan.epsilonHigh));
  return {
    perToken: tf.neg(tf.mul(tf.mul(weight, inputs.credit), inputs.logprobs)),
    clipped: tf.greater(ratio, plan.epsilonHigh),
  };
}

function surrogate(ratio: tf.Tensor, inputs: LossInputs, plan: LossPlan): Surrogate {
  if (plan.objective === 'cispo') return cispoSurrogate(ratio, inputs, plan);
  if (plan.objective === 'clipped') return clippedSurrogate(ratio, inputs.credit, plan);
  return {
    perToken: tf.neg(tf.mul(inputs.credit, inputs.logprobs)),
    clipped: tf.zerosLike(inputs.credit),
  };
}

/**
 * KL to the reference per token, d = reference − current: k1 −d, k2 d²/2, k3 exp(d) − d − 1 (Schulman 2020), times the
 * ratio under bias correction.
 */
function klPerToken(inputs: LossInputs, ratio: tf.Tensor, plan: LossPlan): tf.Tensor {
  const difference = tf.mul(tf.sub(inputs.referenceLogprobs!, inputs.logprobs), inputs.tokenMask);
  const estimates = {
    k1: () => tf.neg(difference),
    k2: () => tf.mul(0.5, tf.square(difference)),
    k3: () => tf.sub(tf.sub(tf.exp(difference), difference), 1),
  };
  const estimate = estimates[plan.klEstimator]();
  return plan.klBiasCorrection ? tf.mul(estimate, ratio) : estimate;
}

/** Adds masked per-token values up in the way the schemes differ by (papers: see schemes/). */
function aggregate(perToken: tf.Tensor, tokenMask: tf.Tensor2D, plan: LossPlan, divisors: LossDivisors): tf.Scalar {
  const masked = tf.mul(perToken, tokenMask);
  if (plan.aggregation === 'grpo') {
    return tf.div(tf.sum(tf.div(masked, rowTokens(tokenMask))), divisors.sequences);
  }
  const divisor = {
    bnpo: Math.max(divisors.tokens, 1),
    dapo: Math.max(divisors.tokens, 1),
    dr_grpo: divisors.sequences * divisors.maxNewTokens,
    'sequence-sum': divisors.sequences,
  }[plan.aggregation];
  return tf.div(tf.sum(masked), divisor);
}

/**
 * A micro-batch's share of the policy-gradient loss, to be minimised; differentiable in `logprobs` and `entropies`.
 * Call inside `tf.tidy`. Source of each part: papers named at its function; golden values in tests/fixtures/policy-gradient.json.
 */
export function policyGradientLoss(inputs: LossInputs, plan: LossPlan, divisors: LossDivisors): PolicyGradientLoss {
  const { tokenMask } = inputs;
  const ratio = tf.exp(logRatios(inputs, plan.ratioLevel));
  const { perToken, clipped } = surrogate(ratio, inputs, plan);
  let total = inputs.entropyMask === null ? perToken : tf.mul(perToken, inputs.entropyMask);
  let klSum: tf.Scalar = tf.scalar(0);
  if (plan.beta > 0) {
    const kl = klPerToken(inputs, ratio, plan);
    total = tf.add(total, tf.mul(kl, plan.beta));
    klSum = tf.sum(tf.mul(kl, tokenMask));
  }
  if (plan.entropyCoefficient > 0) total = tf.sub(total, tf.mul(inputs.entropies, plan.entropyCoefficient));
  return {
    loss: aggregate(total, tokenMask, plan, divisors),
    klSum,
    clippedTokens: tf.sum(tf.mul(tf.cast(clipped, 'float32'), tokenMask)),
    ratioSum: tf.sum(tf.mul(ratio, tokenMask)),
  };
}
