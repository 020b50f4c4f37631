import { createRolloutBatch, numberGroups } from '../../rollouts/rollout-batch.fixture.ts';
import type { RolloutBatch, ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { comparisons } from '../comparisons/index.ts';
import { estimateCredit } from './estimate-credit.ts';
import { creditRules } from './index.ts';

/** A part as a scheme names it. */
export type Named = string | { readonly name: string; readonly weight?: number; readonly options?: object };

interface Call {
  readonly rewards: readonly (number | null)[];
  readonly rules: readonly Named[];
  /** The rewards as they are when absent. */
  readonly comparisons?: readonly Named[];
  readonly counts?: readonly boolean[];
}

export const PLAIN: Named = { name: 'group', options: { baseline: 'none', scale: 'none' } };

/** The columns of a batch once it is credited under comparisons and rules by name. */
export function estimate(
  batch: RolloutBatch,
  { rewards, rules, comparisons: compared = [PLAIN], counts = rewards.map(() => true) }: Call,
): ShapedBatch['perToken'] & ShapedBatch['perRollout'] {
  const entries = (list: readonly Named[]) =>
    list.map((entry) => (typeof entry === 'string' ? { name: entry } : entry));
  const { perToken, perRollout } = estimateCredit(batch, {
    rewards,
    counts,
    comparisons: entries(compared).map(({ name, weight = 1, options = {} }) => ({
      ...comparisons.open(name, options),
      weight,
    })),
    credit: entries(rules).map(({ name, options = {} }) => creditRules.open(name, options)),
  });
  return { ...perToken, ...perRollout };
}

/**
 * Two groups of two, of 2, 1, 2 and 1 tokens, the third truncated; only row 0 differs from the reference, by 2 and 1.
 */
export const smallBatch = createRolloutBatch({
  count: 4,
  completionLength: 2,
  completionLengths: Int32Array.of(2, 1, 2, 1),
  finished: Uint8Array.of(1, 1, 0, 1),
  groups: numberGroups(4, 2),
  perToken: {
    logprobs: Float32Array.of(-1, -1, -1, 0, -1, -1, -1, 0),
    referenceLogprobs: Float32Array.of(-3, -2, -1, 0, -1, -1, -1, 0),
    teacherLogprobs: Float32Array.of(-0.5, -3, -1, 0, -2, -0.25, -1, 0),
    entropies: new Float32Array(8),
  },
  perRollout: {},
});
