import type { Part } from '../../config/part.ts';
import type { Outcome } from '../../tasks/verdict.ts';

/** Sampling rounds of a step that have prompts of their own; no gate may ask for more. */
export const MAX_ROUNDS = 16;

/** A rollout as gates see it. */
export interface GatedRollout {
  readonly outcome: Outcome;
  /** Null: never scored. */
  readonly reward: number | null;
  readonly isTruncated: boolean;
}

/** What may teach: whole groups, and rollouts of those. A gate has one of the two, or both. */
export interface Gate<Options extends object> extends Part<Options> {
  /** Whether the rollouts of a prompt may teach; those of a step's other prompts are sampled anew, `rounds` times at most. */
  keeps?(group: readonly GatedRollout[], options: Options): boolean;
  /** The most sampling rounds of a step; 1 when absent. */
  rounds?(options: Options): number;
  /** Whether a rollout counts in the loss and its divisors. */
  counts?(rollout: GatedRollout, options: Options): boolean;
}
