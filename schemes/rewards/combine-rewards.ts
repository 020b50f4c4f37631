import { NonFiniteRewardError } from './reward.ts';

/** One component's value for a rollout and its weight in the sum. */
export interface WeightedValue {
  readonly name: string;
  readonly weight: number;
  /** Null when the component could not be determined. */
  readonly value: number | null;
}

/** A rollout's reward with its parts. */
export interface CombinedReward {
  readonly reward: number | null;
  readonly components: readonly WeightedValue[];
}

/**
 * Σ weight · value; null as soon as a component with a weight other than 0 is null, since a sum without it would be a lie.
 *
 * @throws NonFiniteRewardError when the sum, or a part of it, is NaN or infinite
 */
export function combineRewards(components: readonly WeightedValue[]): CombinedReward {
  let reward: number | null = 0;
  for (const { weight, value } of components) {
    if (weight === 0) continue;
    reward = reward === null || value === null ? null : reward + weight * value;
  }
  if (reward !== null && !Number.isFinite(reward)) {
    const parts = components.map(({ name, weight, value }) => `${weight} · ${value} (${name})`).join(' + ');
    throw new NonFiniteRewardError(
      `the reward ${parts} is ${reward}; expected a finite number. Mend the component that is not finite, or lower the weights`,
    );
  }
  return { reward, components };
}
