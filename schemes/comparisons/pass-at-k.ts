import { z } from 'zod';
import { compareGroups, findOutcomeFault, type Comparison } from './comparison.ts';

const optionsSchema = z.strictObject({
  k: z.number().int().min(1).default(2).describe('Size of the sets.'),
  scale: z
    .enum(['group', 'none'])
    .default('group')
    .describe('Divide by the standard deviation of the sets’ rewards (+ 1e-6), or not at all.'),
});

type PassAtKOptions = z.infer<typeof optionsSchema>;

/** The paper's, unlike the 1e-4 of the other deviations. */
const SCALE_EPSILON = 1e-6;

/** A scheme that compares by pass-at-k got a reward other than 0 and 1: give it one binary reward of weight 1. */
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
    `a reward of ${uncountable} is neither right nor wrong; comparison "pass-at-k" expects 0 or 1. ` +
      'Give the scheme a single binary reward with weight 1, or compare by "group"',
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
 */
export function computeSetAdvantages(
  rewards: readonly (number | null)[],
  { k, scale }: PassAtKOptions,
): number[] {
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

export const passAtK: Comparison<PassAtKOptions> = {
  name: 'pass-at-k',
  description: 'Sets of k rollouts of one prompt, each rewarded by its best member, in closed form.',
  source: 'Pass@k training, arXiv 2508.10751',
  optionsSchema,
  findFault: ({ k }, setting) =>
    k > setting.training.groupSize
      ? `k: found ${k}, expected at most training.groupSize = ${setting.training.groupSize}`
      : findOutcomeFault('pass-at-k', setting),
  compare: (rewards, groups, options) =>
    compareGroups(rewards, groups, (members) => computeSetAdvantages(members, options)),
};
