import { requireColumns, type RolloutBatch } from '../rollouts/rollout-batch.ts';
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
import { creditTokens, type TokenCredit } from './token-credit.ts';

/** What turns the rollouts of a batch into credit. */
export interface EstimateCall {
  /** [N]; null where a rollout could not be scored */
  readonly rewards: readonly (number | null)[];
  readonly maskTruncated: boolean;
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

interface KlPenalty {
  readonly beta: number;
  readonly behaviorLogprobs: Float32Array;
  readonly referenceLogprobs: Float32Array;
}

function measurePenalty(batch: RolloutBatch, { klInReward: beta }: Scheme['advantage']): KlPenalty {
  const { logprobs } = batch.perToken;
  if (beta === 0) return { beta, behaviorLogprobs: logprobs, referenceLogprobs: logprobs };
  const needed = { perToken: ['referenceLogprobs'], perRollout: [] } as const;
  const { referenceLogprobs } = requireColumns(batch, needed, 'advantage.klInReward').perToken;
  return { beta, behaviorLogprobs: logprobs, referenceLogprobs };
}

/** [N]: one advantage per rollout, as a group or the batch compares them; 0 for the unscored. */
function compareRollouts(batch: RolloutBatch, grid: TokenGrid, call: EstimateCall): Float32Array {
  const { rewards, options } = call;
  const penalty = measurePenalty(batch, options);
  const penalized =
    options.estimator === 'rollout' && penalty.beta > 0
      ? penalizeRewards(
          grid,
          rewards.map((reward) => reward ?? 0),
          penalty,
        ).map((reward, row) => (rewards[row] === null ? null : reward))
      : rewards;
  const advantages = computeAdvantages(penalized, batch.groups, options);
  if (options.whitening !== 'rollouts') return advantages;
  const scored = [...advantages.keys()].filter((row) => rewards[row] !== null);
  const standard = standardizeAdvantages(scored.map((row) => advantages[row]!));
  const placed = new Float32Array(advantages.length);
  scored.forEach((row, at) => (placed[row] = standard[at]!));
  return placed;
}

/** [N, T] credit before whitening, and the returns where there is a critic. */
function creditStates(
  batch: RolloutBatch,
  grid: TokenGrid,
  { options, advantages }: { options: Scheme['advantage']; advantages: Float32Array },
): { credit: ArrayLike<number>; returns: Float64Array | null } {
  const { estimator, gamma, lambda } = options;
  const tokenRewards = placeTokenRewards(grid, advantages, measurePenalty(batch, options));
  if (estimator === 'return') return { credit: discountRewards(grid, tokenRewards, gamma), returns: null };
  const needed = { perToken: ['values'], perRollout: [] } as const;
  const { values } = requireColumns(batch, needed, 'advantage.estimator "gae"').perToken;
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
 * Tokens that the policy did not write get none; a forced end leaves the reward on the last token it wrote.
 *
 * @throws MissingColumnError when a column that the options need was not recorded
 */
export function estimateCredit(batch: RolloutBatch, call: EstimateCall): EstimatedCredit {
  const { rewards, options, maskTruncated } = call;
  const { completionLength: width } = batch;
  const nothing = new Float32Array(rewards.length);
  const { tokenMask } = creditTokens({ ...batch, advantages: nothing, maskTruncated });
  const isScored = (at: number): boolean => rewards[Math.floor(at / width)] !== null;
  const valueMask = tokenMask.map((counts, at) => (isScored(at) ? counts : 0));
  const grid: TokenGrid = { width, tokenMask: valueMask };
  const advantages = compareRollouts(batch, grid, call);
  const states =
    options.estimator === 'rollout'
      ? { credit: creditTokens({ ...batch, advantages, maskTruncated }).credit, returns: null }
      : creditStates(batch, grid, { options, advantages });
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
