import type { Scheme } from '../spec/scheme.ts';
import { computeAdvantages } from './group-advantages.ts';
import {
  discountRewards,
  estimateAdvantages,
  placeTokenRewards,
  whitenTokens,
  type TokenGrid,
} from './returns.ts';
import { penalizeRewards, standardizeAdvantages } from './sequence-rewards.ts';
import { creditTokens, type CreditInput, type TokenCredit } from './token-credit.ts';

/** What is stored of N rollouts with T completion columns; arrays row-major, [N, T] where not said otherwise. */
export interface EstimateInput extends Omit<CreditInput, 'advantages'> {
  /** [N], groups are consecutive runs of `groupSize`; null where a rollout could not be scored */
  readonly rewards: readonly (number | null)[];
  readonly groupSize: number;
  /** of the behavior policy */
  readonly logprobs: Float32Array;
  /** needed when options.klInReward is above 0 */
  readonly referenceLogprobs?: Float32Array;
  /** of the critic when the rollouts were sampled; needed by estimator "gae" */
  readonly values?: Float32Array;
  readonly options: Scheme['advantage'];
}

/** What a critic is trained towards. */
export interface ValueTargets {
  /** [N, T] float32: returns A + V; 0 where they do not count */
  readonly returns: Float32Array;
  /** [N, T] float32: 1 on counted tokens of scored rollouts */
  readonly valueMask: Float32Array;
}

export interface EstimatedCredit extends TokenCredit {
  /** [N] float32: the rollout's advantage; with credit of their own for tokens its mean */
  readonly advantages: Float32Array;
  /** null without a critic */
  readonly targets: ValueTargets | null;
}

/** An array that must have been recorded when sampling. */
function requireRecorded(array: Float32Array | undefined, what: string, asker: string): Float32Array {
  if (array !== undefined) return array;
  throw new RangeError(
    `the rollouts hold no ${what}, which ${asker} needs; they were sampled under another scheme`,
  );
}

function measurePenalty({ options, logprobs, referenceLogprobs }: EstimateInput): {
  beta: number;
  behaviorLogprobs: Float32Array;
  referenceLogprobs: Float32Array;
} {
  const beta = options.klInReward;
  if (beta === 0) return { beta, behaviorLogprobs: logprobs, referenceLogprobs: logprobs };
  const reference = requireRecorded(referenceLogprobs, 'reference logprobs', 'advantage.klInReward');
  return { beta, behaviorLogprobs: logprobs, referenceLogprobs: reference };
}

/** [N]: one advantage per rollout, as a group or the batch compares them; 0 for the unscored. */
function compareRollouts(input: EstimateInput, grid: TokenGrid): Float32Array {
  const { rewards, groupSize, options } = input;
  const penalty = measurePenalty(input);
  const penalized =
    options.estimator === 'rollout' && penalty.beta > 0
      ? penalizeRewards(
          grid,
          rewards.map((reward) => reward ?? 0),
          penalty,
        ).map((reward, row) => (rewards[row] === null ? null : reward))
      : rewards;
  const advantages = computeAdvantages(penalized, groupSize, options);
  if (options.whitening !== 'rollouts') return advantages;
  const scored = [...advantages.keys()].filter((row) => rewards[row] !== null);
  const standard = standardizeAdvantages(scored.map((row) => advantages[row]!));
  const placed = new Float32Array(advantages.length);
  scored.forEach((row, at) => (placed[row] = standard[at]!));
  return placed;
}

/** [N, T] credit before whitening, and the returns where there is a critic. */
function creditStates(
  input: EstimateInput,
  grid: TokenGrid,
  advantages: Float32Array,
): { credit: ArrayLike<number>; returns: Float64Array | null } {
  const { estimator, gamma, lambda } = input.options;
  const tokenRewards = placeTokenRewards(grid, advantages, measurePenalty(input));
  if (estimator === 'return') return { credit: discountRewards(grid, tokenRewards, gamma), returns: null };
  const values = requireRecorded(input.values, 'values', 'advantage.estimator "gae"');
  const { advantages: credit, returns } = estimateAdvantages(
    grid,
    { tokenRewards, values },
    { gamma, lambda },
  );
  return { credit, returns };
}

function meanCredit(grid: TokenGrid, credit: ArrayLike<number>): Float32Array {
  const { tokenMask, width } = grid;
  return Float32Array.from({ length: tokenMask.length / width }, (_, row) => {
    let sum = 0;
    let tokens = 0;
    for (let at = row * width; at < (row + 1) * width; at += 1) {
      if (tokenMask[at] !== 1) continue;
      sum += credit[at]!;
      tokens += 1;
    }
    return tokens === 0 ? 0 : sum / tokens;
  });
}

/**
 * Rewards of N rollouts → the credit of each sampled token:
 * 1. one advantage A per rollout (`computeAdvantages`), of r − klInReward · Σ_t (behavior − reference logprob) for estimator
 *    "rollout" (RLOO, arXiv 2402.14740), of r alone otherwise; whitening "rollouts" standardises these over the batch;
 * 2. "rollout": every token gets A. "return": rewards are −klInReward · (behavior − reference logprob) per token, + A on the
 *    last, and a token gets R_t = reward_t + gamma · R_{t+1} (REINFORCE++, arXiv 2501.03262). "gae": the same rewards, less
 *    the critic's values by generalised advantage estimation (PPO, arXiv 1707.06347);
 * 3. whitening "tokens" standardises the credit over all counted tokens of the batch.
 *
 * Rollouts without a reward get 0 throughout and stand outside every mean.
 *
 * @throws RangeError when an array that the options need was not recorded
 */
export function estimateCredit(input: EstimateInput): EstimatedCredit {
  const { rewards, options, completionLength: width } = input;
  const { tokenMask } = creditTokens({ ...input, advantages: new Float32Array(rewards.length) });
  const isScored = (at: number): boolean => rewards[Math.floor(at / width)] !== null;
  const valueMask = tokenMask.map((counts, at) => (isScored(at) ? counts : 0));
  const grid: TokenGrid = { width, tokenMask: valueMask };
  const advantages = compareRollouts(input, grid);
  const states =
    options.estimator === 'rollout'
      ? { credit: creditTokens({ ...input, advantages }).credit, returns: null }
      : creditStates(input, grid, advantages);
  const credit = Float32Array.from(
    options.whitening === 'tokens' ? whitenTokens(grid, states.credit) : states.credit,
  );
  const isUniform = options.estimator === 'rollout' && options.whitening !== 'tokens';
  return {
    credit,
    tokenMask,
    advantages: isUniform ? advantages : meanCredit(grid, credit),
    targets: states.returns === null ? null : { returns: Float32Array.from(states.returns), valueMask },
  };
}
