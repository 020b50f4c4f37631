import type { Part } from '../../config/part.ts';
import type { RolloutBatch } from '../rollout-batch.ts';

/** Tokens that a completion begins with in place of draws. */
export interface Opening {
  /** [t] */
  readonly tokens: Int32Array;
  /** [t], of `AUTHORS` */
  readonly authors: Uint8Array;
  /** Sample of the same prompt, drawn before, whose first tokens are the first `forkAt` of these; −1: of none. */
  readonly parent: number;
  readonly forkAt: number;
}

/** One completion to sample. */
export interface Draw {
  /** Counter of the prompt within the step; also the group of the rollout. */
  readonly problem: number;
  /** Counter of the rollout within its group, from 0 without a gap; a later draw of the same sample takes the earlier one's place. */
  readonly sample: number;
  /** Null: it begins with the first draw. */
  readonly opening: Opening | null;
}

/** The prompts to sample for. */
export interface ShapePlan {
  readonly problems: readonly number[];
  readonly groupSize: number;
}

/** What a shape plans further draws from. */
export interface Drawn {
  /** Every rollout so far; groups are in the order of the plan. */
  readonly batch: RolloutBatch;
  /** Rounds of draws so far, from 1. */
  readonly round: number;
  /** In [0, 1), of stream `fork` at this step, problem and round; `i` counts the draws of the problem in the round. */
  readonly uniform: (problem: number, i: number) => number;
}

/** How the rollouts of a prompt hang together: which completions are drawn from what, round by round. */
export interface RolloutShape<Options extends object> extends Part<Options> {
  /** Whether rollouts go on from tokens of one another. */
  readonly forks: boolean;
  /** Rollouts per prompt once all are drawn; a condition's groupSize has to be the same. */
  width(options: Options, groupSize: number): number;
  /** The first draws. */
  plan(plan: ShapePlan, options: Options): readonly Draw[];
  /** Draws that need the earlier ones, asked for until there are none; absent: the first ones are all. */
  next?(drawn: Drawn, options: Options): readonly Draw[];
}
