import { numberGroups } from '../../rollouts/rollout-batch.fixture.ts';
import { comparisons } from './index.ts';

/** Advantages of rollouts in the given groups; a number stands for consecutive groups of that size. */
export function compare(
  [name, options = {}]: readonly [name: string, options?: object],
  rewards: readonly (number | null)[],
  groups: Int32Array | number,
): Float32Array {
  const comparison = comparisons.open(name, options);
  const numbers = typeof groups === 'number' ? numberGroups(rewards.length, groups) : groups;
  return comparison.part.compare(rewards, numbers, comparison.options);
}
