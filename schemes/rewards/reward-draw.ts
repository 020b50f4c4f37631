import { deriveStream, uniformAt } from '../../random/streams.ts';

interface RolloutAddress {
  readonly step: number;
  readonly problem: number;
  readonly sample: number;
}

/**
 * A rollout's own uniform number in [0, 1): stream `reward` of the run's seed at (step, problem, sample), so shaping the
 * same rollouts again draws the same rewards.
 */
export function rewardDraw(seed: number, at: RolloutAddress): number {
  return uniformAt(deriveStream(seed, 'reward'), at.step, at.problem, at.sample);
}

/** A rollout's uniform number in [0, 1) for its place among its group where rewards are permuted: stream `reward-order`. */
export function orderDraw(seed: number, at: RolloutAddress): number {
  return uniformAt(deriveStream(seed, 'reward-order'), at.step, at.problem, at.sample);
}
