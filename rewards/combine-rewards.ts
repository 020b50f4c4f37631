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

/** Σ weight · value; null as soon as a component with a weight other than 0 is null, since a sum without it would be a lie. */
export function combineRewards(components: readonly WeightedValue[]): CombinedReward {
  let reward: number | null = 0;
  for (const { weight, value } of components) {
    if (weight === 0) continue;
    reward = reward === null || value === null ? null : reward + weight * value;
  }
  return { reward, components };
}
