import type { AdvantageOptions } from './group-advantages.ts';

/** The paper's, unlike the 1e-4 of the other deviations. */
const SCALE_EPSILON = 1e-6;

/** A scheme with outcome "pass@k" got a reward other than 0 and 1: give it one binary reward of weight 1. */
export class UncountableOutcomeError extends Error {
  override readonly name = 'UncountableOutcomeError';
}

/** C(n − drawn, k) / C(n, k): the chance that a k-subset of n avoids `drawn` of them; 0 when it cannot. */
function chanceOfAvoiding(drawn: number, n: number, k: number): number {
  let chance = 1;
  for (let i = 0; i < k; i += 1) chance *= Math.max(n - drawn - i, 0) / (n - i);
  return chance;
}

function countCorrect(rewards: readonly number[]): number {
  const uncountable = rewards.find((reward) => reward !== 0 && reward !== 1);
  if (uncountable === undefined) return rewards.filter((reward) => reward === 1).length;
  throw new UncountableOutcomeError(
    `a reward of ${uncountable} is neither right nor wrong; advantage.outcome "pass@k" expects 0 or 1. ` +
      'Give the scheme a single binary reward with weight 1, or set outcome to "reward"',
  );
}

/**
 * Advantages of one group under pass@k training: every k-subset of the N scored rollouts is rewarded by its best member,
 * and a rollout gets the mean centred and scaled reward of the subsets that hold it. With c correct of N, in closed form:
 *
 *     R̄ = 1 − C(N − c, k) / C(N, k),   sd = √(R̄(1 − R̄))
 *     A(correct) = (1 − R̄) / (sd + 1e-6)
 *     A(wrong) = (1 − R̄ − C(N − c − 1, k − 1) / C(N − 1, k − 1)) / (sd + 1e-6)
 *
 * k = 1 is GRPO with the population's deviation; scale "none" leaves the division out. A group without a correct rollout,
 * with fewer than k wrong ones, or with fewer than k scored ones says nothing about sets of k and gets 0, as does a null.
 * Source: Pass@k training, arXiv 2508.10751, analytical derivation.
 *
 * @param rewards [G], each 0, 1 or null
 * @returns [G]
 * @throws UncountableOutcomeError
 * @throws RangeError when k exceeds G, or when baseline or scale are set to what has no meaning here
 */
export function computeSetAdvantages(
  rewards: readonly (number | null)[],
  { k, baseline, scale }: AdvantageOptions,
): number[] {
  if (k > rewards.length) {
    throw new RangeError(
      `advantage.k is ${k}, but a group holds ${rewards.length} rollouts; raise training.groupSize or lower k`,
    );
  }
  if (baseline !== 'group-mean' || scale === 'batch') {
    throw new RangeError(
      `advantage.outcome "pass@k" goes with baseline "group-mean" and scale "group" or "none", found "${baseline}" and "${scale}"`,
    );
  }
  const scored = rewards.filter((reward) => reward !== null);
  const total = scored.length;
  const correct = countCorrect(scored);
  const wrong = total - correct;
  if (correct === 0 || wrong < k) return rewards.map(() => 0);
  const failure = chanceOfAvoiding(correct, total, k);
  const companionsFail = chanceOfAvoiding(correct, total - 1, k - 1);
  const divisor = scale === 'none' ? 1 : Math.sqrt(failure * (1 - failure)) + SCALE_EPSILON;
  return rewards.map((reward) => {
    if (reward === null) return 0;
    return (reward === 1 ? failure : failure - companionsFail) / divisor;
  });
}
