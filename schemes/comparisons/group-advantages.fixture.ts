import { numberGroups } from '../rollouts/rollout-batch.fixture.ts';
import { computeAdvantages, type AdvantageOptions } from './group-advantages.ts';

/** Of consecutive groups of `size`. */
export function advantagesOf(
  rewards: readonly (number | null)[],
  size: number,
  options: AdvantageOptions,
): Float32Array {
  return computeAdvantages(rewards, numberGroups(rewards.length, size), options);
}
