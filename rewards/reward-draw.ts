import { deriveStream, uniformAt } from '../random/streams.ts';

/**
 * A rollout's own uniform number in [0, 1): stream `reward` of the run's seed at (step, problem, sample), so shaping the
 * same rollouts again draws the same rewards.
 */
export function rewardDraw(seed: number, at: { step: number; problem: number; sample: number }): number {
  return uniformAt(deriveStream(seed, 'reward'), at.step, at.problem, at.sample);
}
