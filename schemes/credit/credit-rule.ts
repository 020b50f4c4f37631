import type { Generator } from '../../random/generator.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { Part } from '../../config/part.ts';
import type { TokenGrid } from './returns.ts';

/** What a critic is trained towards. */
export interface ValueTargets {
  /** [N, T] float32: returns A + V; 0 where they do not count */
  readonly returns: Float32Array;
  /** [N, T] float32: 1 on counted tokens of scored rollouts */
  readonly valueMask: Float32Array;
}

/** What one rule hands on to the next. */
export interface CreditState {
  /** [N]: of each rollout, as compared; 0 for the unscored */
  readonly advantages: Float32Array;
  /** [N, T]; null: no token has any yet */
  readonly credit: Float32Array | Float64Array | null;
  /** Each token of a rollout is credited with its advantage. */
  readonly isUniform: boolean;
  /** [N, T]: what a token's policy gradient is multiplied by; null: 1 on every token that counts */
  readonly tokenWeights: Float32Array | null;
  /** Null without a critic. */
  readonly targets: ValueTargets | null;
}

/** The rollouts of a step as rules see them when it is shaped. */
export interface CreditedBatch {
  readonly batch: RolloutBatch;
  /** [N, T]: 1 where a token counts in the loss */
  readonly tokenMask: Float32Array;
  /** The counted tokens of scored rollouts. */
  readonly scored: TokenGrid;
  /** [N] */
  readonly isScored: readonly boolean[];
}

/** Of the policy as it is before an optimizer step, [N, T], nats. */
export interface CurrentScores {
  readonly logprobs: Float32Array;
  readonly entropies: Float32Array;
}

/** One optimizer batch as rules see it before its step; arrays are [N, T]. */
export interface OptimizerBatch {
  /** T */
  readonly width: number;
  readonly credit: Float32Array;
  /** as recorded when sampling */
  readonly behaviorLogprobs: Float32Array;
  /** 1 where a token counts in the loss */
  readonly tokenMask: Float32Array;
  /** what a token's policy gradient is multiplied by, as the rules before this one left it */
  readonly tokenWeights: Float32Array;
  /** Computed when first asked for. */
  readonly current: () => CurrentScores;
  /** Whether the objective's clip takes away or limits the gradient of a token. */
  readonly isClipped: (at: number) => boolean;
  /** A stream of the rule's own, at this step and update. */
  readonly generator: Generator;
}

/** What a rule makes of an optimizer batch. */
export interface TokenRuling {
  /** [N, T]: in place of the batch's */
  readonly tokenWeights: Float32Array;
  /** [N, T]: what the loss gains per nat of the logprob above the behavior policy's */
  readonly slopes?: Float32Array;
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface CriticOptions {
  readonly learningRateFactor: number;
  readonly valueClip: number | null;
}

/**
 * What turns advantages into what each token learns. `shape` works once per step, on stored numbers alone; `rule` before every
 * optimizer step, where the policy as it is then matters. A rule has one of the two.
 */
export interface CreditRule<Options extends object> extends Part<Options> {
  /** @throws MissingColumnError when a column that the options need was not recorded */
  shape?(state: CreditState, step: CreditedBatch, options: Options): CreditState;
  rule?(batch: OptimizerBatch, options: Options): TokenRuling;
  /** How the critic is trained that its `values` come from. */
  critic?(options: Options): CriticOptions;
}
