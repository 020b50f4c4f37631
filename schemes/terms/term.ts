import type { Part } from '../../config/part.ts';
import type { Tensor, TensorLibrary } from './tensor-library.ts';

/** n rollouts with T completion columns as a term sees them; tensors are float32, [n, T] where nothing else is said. */
export interface TermInput {
  readonly tf: TensorLibrary;
  /** of the policy being trained; differentiable */
  readonly logprobs: Tensor;
  /** of the policy being trained, nats; differentiable */
  readonly entropies: Tensor;
  /** [n, T, V]: logprobs of every token under the policy being trained; differentiable; for terms that read distributions */
  readonly distributions?: Tensor;
  /** as recorded when sampling */
  readonly behaviorLogprobs: Tensor;
  /** policy over behavior probability, differentiable; 1 on padding, bounded where it cannot matter */
  readonly ratio: Tensor;
  /** advantage per token */
  readonly credit: Tensor;
  /** 1 where a sampled token counts */
  readonly tokenMask: Tensor;
  /** The recorded columns that the term needs, such as `referenceLogprobs` [n, T] or `teacherDistributions` [n, T, V]. */
  readonly columns: Readonly<Record<string, Tensor>>;
}

/** What credit is learned through; the weights of credit rules multiply such a term, and only such. */
export interface Surrogate<Options extends object> {
  /** Importance ratio per token, or one per sequence: exp of its mean log ratio (GSPO, arXiv 2507.18071). */
  ratioLevel(options: Options): 'token' | 'sequence';
  /** Whether a clip or cap takes away or limits the gradient of a token of this ratio; the one clip rule of the term. */
  isClipped(ratio: number, credit: number, options: Options): boolean;
  /** Whether a token keeps its gradient only because the upper bound is wider than the lower one; absent: never. */
  isFreed?(ratio: number, credit: number, options: Options): boolean;
  /**
   * Where the ratio itself is the loss, so that an overflow has to show: [n, T] of 0 and 1; null: nowhere. Elsewhere a ratio that
   * overflows would still give inf · 0 = NaN, so it is bounded.
   *
   * @param pull [n, T]: credit times token weight
   */
  isUnbounded(tf: TensorLibrary, pull: Tensor, options: Options): Tensor | null;
}

/** An adaptive weight of one step. */
export interface AdaptedWeight {
  /** in force in this step; 0: the term is off */
  readonly weight: number;
  /** what the next step starts from, a float32 number; null when nothing is remembered */
  readonly next: number | null;
}

/** A summand of the loss. */
export interface ObjectiveTerm<Options extends object> extends Part<Options> {
  /** [n, T]: the loss of each token, before its weight and aggregation; to be minimised */
  loss(input: TermInput, options: Options): Tensor;
  /** Absent: the term teaches every counted token, whatever its credit. */
  readonly surrogate?: Surrogate<Options>;
  /** Whether the loss reads the ratio although it is no surrogate; it is bounded nowhere then. */
  readsRatio?(options: Options): boolean;
  /** Whether the loss reads the policy's logprobs of every token. */
  readsDistributions?(options: Options): boolean;
  /** A weight that follows the rollouts; absent: the scheme's, throughout. */
  adapt?(
    options: Options,
    call: {
      /** the scheme's */
      readonly weight: number;
      /** `next` of the step before; null in the first step */
      readonly remembered: number | null;
      /** of the step's rollouts as sampled, nats; null when no token counted */
      readonly entropy: number | null;
    },
  ): AdaptedWeight;
}
