import type { Scheme } from '../spec/scheme.ts';

/** Keeps the division finite where all rewards are equal; TRL's constant. */
const SCALE_EPSILON = 1e-4;

type AdvantagePlan = Scheme['advantage'];

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation with ddof 1; 0 for fewer than two values. */
function standardDeviation(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

function toOutcome(reward: number | null, plan: AdvantagePlan): number | null {
  if (reward === null || plan.outcome === 'reward') return reward;
  return reward > 0 ? plan.positiveWeight * reward : -plan.negativeWeight;
}

/** Subtracts the baseline within one group; `others` leave-one-out means exclude the rollout itself. */
function centreGroup(outcomes: readonly (number | null)[], baseline: AdvantagePlan['baseline']): (number | null)[] {
  const known = outcomes.filter((outcome) => outcome !== null);
  if (known.length === 0 || baseline === 'none') return [...outcomes];
  const groupMean = mean(known);
  if (baseline === 'group-mean') return outcomes.map((outcome) => (outcome === null ? null : outcome - groupMean));
  // r − mean of the others = G / (G − 1) · (r − mean); a lone rollout has no others and learns nothing.
  const factor = known.length < 2 ? 0 : known.length / (known.length - 1);
  return outcomes.map((outcome) => (outcome === null ? null : factor * (outcome - groupMean)));
}

/**
 * Advantages [N] of rewards [N] whose groups are consecutive runs of `groupSize`. A null reward (could not be determined)
 * is left out of every mean and deviation and gets advantage 0.
 *
 * baseline: group-mean r − mean(group); leave-one-out r − mean(others) (RLOO, arXiv 2402.14740); none r.
 * scale: group / (std(group) + 1e-4) (GRPO, arXiv 2402.03300); batch / (std(all) + 1e-4); none (Dr. GRPO, arXiv 2503.20783).
 * Standard deviations have ddof 1, of the outcomes before centring. outcome signed: +positiveWeight·r for r > 0, else
 * −negativeWeight (arXiv 2506.01347).
 *
 * @throws RangeError when N is not a multiple of groupSize
 */
export function computeAdvantages(
  rewards: readonly (number | null)[],
  groupSize: number,
  plan: AdvantagePlan,
): Float32Array {
  if (rewards.length % groupSize !== 0) {
    throw new RangeError(`${rewards.length} rewards are no whole number of groups of ${groupSize}`);
  }
  const outcomes = rewards.map((reward) => toOutcome(reward, plan));
  const batchDeviation = standardDeviation(outcomes.filter((outcome) => outcome !== null));
  const advantages = new Float32Array(rewards.length);
  for (let begin = 0; begin < rewards.length; begin += groupSize) {
    const group = outcomes.slice(begin, begin + groupSize);
    const deviation =
      plan.scale === 'group' ? standardDeviation(group.filter((outcome) => outcome !== null)) : batchDeviation;
    const divisor = plan.scale === 'none' ? 1 : deviation + SCALE_EPSILON;
    centreGroup(group, plan.baseline).forEach((centred, i) => {
      advantages[begin + i] = centred === null ? 0 : centred / divisor;
    });
  }
  return advantages;
}
