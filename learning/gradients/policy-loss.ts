import * as tf from '@tensorflow/tfjs-core';
import type { Weighted } from '../../schemes/open-scheme.ts';
import type { Tensor, TensorLibrary } from '../../schemes/terms/tensor-library.ts';
import type { ObjectiveTerm } from '../../schemes/terms/term.ts';
import type { RowScores } from './score-rows.ts';

/** A term of an objective, its weight the one that is in force. */
export type WeightedTerm = Weighted<ObjectiveTerm<object>>;

/** The columns that every loss reads; `logprobs` are the behavior policy's. */
export type LossColumn = 'logprobs' | 'credit' | 'tokenMask' | 'tokenWeights';

/**
 * Columns of n rollouts, [n, T] float32 each, under their names in the batch: beside those of every loss the ones that terms need,
 * that of each term's weights, and `slopes` where a rule gives any (see `TokenRuling`). Those of distributions are [n, T, V].
 */
export type LossColumns = Readonly<Record<LossColumn, tf.Tensor2D>> & Readonly<Record<string, tf.Tensor>>;

/**
 * The column of term number `at`: its weight times that of `weighTokens` over the whole optimizer batch, so that the losses of parts
 * add up.
 */
export function termColumn(at: number): string {
  return `weights of term ${at}`;
}

/** To be minimised. */
export interface PolicyLoss {
  /** [n]: each rollout's share; their sum over the optimizer batch is the loss */
  readonly rows: tf.Tensor1D;
  /** [n, T]: policy over behavior probability, before any clipping; 1 on padding; e⁸⁸ where more would overflow unused */
  readonly ratio: tf.Tensor2D;
  /** [n, T] of each term, before weights */
  readonly terms: readonly tf.Tensor[];
}

/** What terms compute with: this library, whose tensors are all that they meet. */
const library = {
  ...tf,
  stopGradient: (tensor: tf.Tensor): tf.Tensor =>
    tf.customGrad((input) => ({
      value: tf.clone(input as tf.Tensor),
      gradFunc: (dy) => tf.zerosLike(dy),
    }))(tensor),
} as unknown as TensorLibrary;

/** Whether any term reads the policy's logprobs of every token. */
export function readDistributions(terms: readonly WeightedTerm[]): boolean {
  return terms.some(({ part, options }) => part.readsDistributions?.(options) ?? false);
}

function toTfjs(tensor: Tensor): tf.Tensor {
  return tensor as tf.Tensor;
}

/** A log ratio whose ratio is still finite in float32, and beyond every clip. */
const LARGE_LOG_RATIO = 88;

export function findSurrogate(terms: readonly WeightedTerm[]): WeightedTerm | null {
  return terms.find(({ part }) => part.surrogate !== undefined) ?? null;
}

/**
 * How far the log ratio of a token may matter. Where a clip, a cap, a weight or a credit of 0 takes the ratio away, one that
 * overflows would still give inf · 0 = NaN in the loss or, through the derivative of exp, in the gradient. Where the ratio
 * itself is the loss there is no bound, and an overflow shows as a loss that is not finite. Null: no bound anywhere.
 */
function boundLogRatio(columns: LossColumns, terms: readonly WeightedTerm[]): tf.Tensor | number | null {
  if (terms.some(({ part, options }) => part.readsRatio?.(options))) return null;
  const term = findSurrogate(terms);
  if (term === null) return LARGE_LOG_RATIO;
  const pull = tf.mul(columns.credit, columns.tokenWeights);
  const isUnbounded = term.part.surrogate!.isUnbounded(library, pull, term.options);
  return isUnbounded === null ? LARGE_LOG_RATIO : tf.where(toTfjs(isUnbounded), Infinity, LARGE_LOG_RATIO);
}

/** exp(logprob − behavior logprob) per token; at sequence level exp(mean over the row's counted tokens). [n, T] */
function computeRatio(
  logprobs: tf.Tensor2D,
  columns: LossColumns,
  terms: readonly WeightedTerm[],
): tf.Tensor2D {
  const { logprobs: behaviorLogprobs, tokenMask } = columns;
  // Padding is masked before exp, so that noise there cannot overflow.
  let logRatio = tf.mul(tf.sub(logprobs, behaviorLogprobs), tokenMask);
  const term = findSurrogate(terms);
  if (term?.part.surrogate!.ratioLevel(term.options) === 'sequence') {
    const lengths = tf.maximum(tf.sum(tokenMask, 1, true), 1);
    const mean = tf.div(tf.sum(logRatio, 1, true), lengths);
    logRatio = tf.mul(mean, tf.onesLike(tokenMask));
  }
  const bound = boundLogRatio(columns, terms);
  return tf.exp((bound === null ? logRatio : tf.minimum(logRatio, bound)) as tf.Tensor2D);
}

/**
 * The loss of an objective: each term times its weights, surrogates times `tokenWeights` before, + slopes · (logprob − behavior
 * logprob). The ratio is of the first surrogate's level. Equal to TRL 1.16.0's GRPOTrainer where that has the same options.
 */
export function computePolicyLoss(
  scores: RowScores,
  columns: LossColumns,
  terms: readonly WeightedTerm[],
): PolicyLoss {
  return tf.tidy(() => {
    const { logprobs } = scores;
    const { logprobs: behaviorLogprobs, credit, tokenMask, tokenWeights, slopes } = columns;
    const ratio = computeRatio(logprobs, columns, terms);
    const seen = { ...scores, tf: library, ratio, behaviorLogprobs, credit, tokenMask, columns };
    const losses = terms.map(({ part, options }) => toTfjs(part.loss(seen, options)));
    const first = terms.indexOf(findSurrogate(terms)!);
    const weighted = losses.map((loss, at) => {
      const taught = terms[at]!.part.surrogate === undefined ? loss : tf.mul(loss, tokenWeights);
      const weights = columns[termColumn(at)]!;
      if (at !== first || slopes === undefined) return tf.mul(taught, weights);
      return tf.mul(tf.add(taught, tf.mul(tf.sub(logprobs, behaviorLogprobs), slopes)), weights);
    });
    const [start, ...others] = weighted;
    const total = others.reduce((sum, next) => tf.add(sum, next), start!);
    return { rows: tf.sum(total, 1) as tf.Tensor1D, ratio, terms: losses };
  });
}
