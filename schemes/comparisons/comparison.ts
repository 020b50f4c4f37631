import { listGroups } from '../../rollouts/groups.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { Part, PartSetting } from '../../config/part.ts';

/** What is compared with what: rewards of N rollouts → one advantage each. */
export interface Comparison<Options extends object> extends Part<Options> {
  /**
   * What it compares in place of the batch's groups. [N]
   *
   * @throws MissingColumnError when the rollouts do not tell
   */
  groupsOf?(batch: RolloutBatch<never>): Int32Array;
  /**
   * @param rewards [N]; null: never scored, which stands outside every mean and gets 0
   * @param groups [N]: rollouts of the same number are compared with each other, any number of them
   * @returns [N] float32
   */
  compare(rewards: readonly (number | null)[], groups: Int32Array, options: Options): Float32Array;
}

/** Added to every standard deviation that something is divided by (as TRL does). */
export const SCALE_EPSILON = 1e-4;

/** Mean and standard deviation (ddof 1; 0 below two values) in float64. */
export function measureSpread(values: readonly number[]): { mean: number; deviation: number } {
  const [first = 0] = values;
  // Summed as differences, so that equal values have exactly their value as mean and nothing learns from the rounding.
  const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}

export function isScored(reward: number | null): reward is number {
  return reward !== null;
}

/** @throws RangeError naming the first reward that is not finite */
export function requireFiniteRewards(rewards: readonly (number | null)[]): void {
  const at = rewards.findIndex((reward) => reward !== null && !Number.isFinite(reward));
  if (at < 0) return;
  throw new RangeError(
    `the reward of rollout ${at} of ${rewards.length} is ${rewards[at]}; expected a finite number, or null for one that was never scored`,
  );
}

/** What `compare` makes of the items of each group, each result in the place of its item. [N] float32 */
export function compareGroups<Item>(
  items: readonly Item[],
  groups: Int32Array,
  compare: (group: Item[]) => readonly number[],
): Float32Array {
  if (items.length !== groups.length) {
    throw new RangeError(`${items.length} rollouts need as many group numbers, found ${groups.length}`);
  }
  const compared = new Float32Array(items.length);
  for (const rows of listGroups(groups)) {
    const found = compare(rows.map((row) => items[row]!));
    rows.forEach((row, at) => (compared[row] = found[at]!));
  }
  return compared;
}

/** The fault of a comparison that reads outcomes where rewards are no single 0 or 1. */
export function findOutcomeFault(name: string, { rewards }: PartSetting): string | null {
  const weighted = rewards.filter(({ weight }) => weight !== 0);
  const isBinary = weighted.length === 1 && weighted[0]!.weight === 1;
  return isBinary
    ? null
    : `${name} needs one reward of 0 or 1 with weight 1; found ${weighted.map((reward) => `${reward.weight} · ${reward.name}`).join(' + ')}`;
}
