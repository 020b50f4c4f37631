import {
  addColumns,
  AUTHORS,
  type Columns,
  type RolloutBatch,
  type ShapedBatch,
} from '../../rollouts/rollout-batch.ts';
import type { OpenScheme } from '../open-scheme.ts';
import type { CreditState, CreditedBatch } from './credit-rule.ts';
import { requireCredit } from './credit-order-error.ts';
import type { TokenGrid } from './returns.ts';

/** What rollouts were rewarded with, and the parts of a scheme that make credit of it. */
export interface EstimateCall extends Pick<OpenScheme, 'comparisons' | 'credit'> {
  /** [N]; null where a rollout could not be scored */
  readonly rewards: readonly (number | null)[];
  /** [N]: whether a rollout counts in the loss and its divisors */
  readonly counts: readonly boolean[];
}

/** 1 on the tokens that the policy wrote, of rollouts that count. [N, T] */
function maskTokens(batch: RolloutBatch, counts: readonly boolean[]): Float32Array {
  const { completionLength: width, completionLengths, authors } = batch;
  return Float32Array.from({ length: batch.count * width }, (_, at) => {
    const row = Math.floor(at / width);
    const isWritten = at - row * width < completionLengths[row]! && authors[at] === AUTHORS.policy;
    return Number(isWritten && counts[row]!);
  });
}

/** [N]: the weighted sum of what the comparisons make of the rewards; 0 for the unscored. */
function compareRollouts(batch: RolloutBatch, { rewards, comparisons }: EstimateCall): Float32Array {
  const [first, ...others] = comparisons.map(({ part, options, weight }) => {
    const compared = part.compare(rewards, part.groupsOf?.(batch) ?? batch.groups, options);
    return weight === 1 ? compared : compared.map((value) => weight * value);
  });
  return others.reduce((sum, compared) => sum.map((value, row) => value + compared[row]!), first!);
}

/** Mean over the counted tokens of each row, 0 without any. [N] float32 */
function meanCredit({ tokenMask, width }: TokenGrid, credit: ArrayLike<number>): Float32Array {
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
 * Rewards of N rollouts → the rollouts with the credit of each sampled token: the comparisons give each rollout one advantage, and
 * the credit rules, one after the other, turn it into credit and weights of tokens. Rules that wait for the optimizer step are left
 * to it. The columns `tokenWeights`, and `returns` and `valueMask`, are there where a rule gives them.
 *
 * Tokens that rollouts share learn in each of them, so from the sum of what these get.
 *
 * Rollouts without a reward get 0 throughout and stand outside every mean. Tokens that the policy did not write get none; a
 * forced end leaves the reward on the last token it wrote.
 *
 * @throws MissingColumnError when a column that a rule needs was not recorded; CreditOrderError
 */
export function estimateCredit(batch: RolloutBatch, call: EstimateCall): ShapedBatch {
  const { completionLength: width } = batch;
  const tokenMask = maskTokens(batch, call.counts);
  const isScored = call.rewards.map((reward) => reward !== null);
  const valueMask = tokenMask.map((counts, at) => (isScored[Math.floor(at / width)]! ? counts : 0));
  const scored: TokenGrid = { width, tokenMask: valueMask };
  const step: CreditedBatch = { batch, tokenMask, scored, isScored };
  const compared: CreditState = {
    advantages: compareRollouts(batch, call),
    credit: null,
    isUniform: false,
    tokenWeights: null,
    targets: null,
  };
  const state = call.credit.reduce(
    (before, { part, options }) => part.shape?.(before, step, options) ?? before,
    compared,
  );
  const credit = Float32Array.from(requireCredit(state, 'the loss'));
  const { tokenWeights, targets } = state;
  const advantages = state.isUniform ? state.advantages : meanCredit(scored, credit);
  const weights = tokenWeights === null ? {} : { tokenWeights };
  const optional: Columns<never> = { ...weights, ...targets };
  const perToken = { credit, tokenMask, ...optional };
  return addColumns(batch, { perToken, perRollout: { advantages } });
}
