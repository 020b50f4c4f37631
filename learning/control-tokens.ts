import type { Generator } from '../random/generator.ts';
import type { ShapedBatch } from '../rollouts/rollout-batch.ts';
import type { Scheme } from '../spec/scheme.ts';
import { maskTopEntropies } from './entropy-mask.ts';
import { isClipped } from './ratio-statistics.ts';
import { measureCovariances } from './token-covariance.ts';

type LossOptions = Scheme['loss'];

/** One optimizer batch. */
type ControlledBatch = Pick<ShapedBatch, 'completionLength' | 'perToken'>;

/** Of the policy as it is before the optimizer step, [N, T], nats. */
interface CurrentScores {
  readonly logprobs: Float32Array;
  readonly entropies: Float32Array;
}

/** Which tokens of an optimizer batch learn what; arrays are [N, T]. */
export interface TokenControl {
  /** 1 where a token carries policy gradient */
  readonly gradientMask: Float32Array;
  /** KL-Cov: what the loss gains per nat of the logprob above the behavior policy's; null without KL-Cov */
  readonly penaltySlopes: Float32Array | null;
  /** how many tokens the covariance control chose; null without one */
  readonly chosen: number | null;
}

/**
 * Logprobs closer than this count as equal. Before a batch's first update they differ by rounding alone, and the sign of
 * rounding must not decide where a penalty of slope ±1 pulls.
 */
const ROUNDING_NATS = 1e-4;

/** exp(logprob − behavior logprob), at sequence level of the row's mean. [N, T] */
function measureRatios(
  batch: ControlledBatch,
  logprobs: Float32Array,
  level: LossOptions['ratioLevel'],
): Float64Array {
  const { completionLength: width } = batch;
  const { logprobs: behavior, tokenMask } = batch.perToken;
  const logRatios = Float64Array.from(tokenMask, (counts, at) => counts * (logprobs[at]! - behavior[at]!));
  if (level === 'token') return logRatios.map(Math.exp);
  const sum = (values: ArrayLike<number>, row: number): number =>
    Array.from({ length: width }, (_, at) => values[row * width + at]!).reduce((a, b) => a + b, 0);
  const means = Float64Array.from(
    { length: tokenMask.length / width },
    (_, row) => sum(logRatios, row) / Math.max(sum(tokenMask, row), 1),
  );
  return logRatios.map((_, at) => Math.exp(means[Math.floor(at / width)]!));
}

interface Choice {
  readonly batch: ControlledBatch;
  readonly current: CurrentScores;
  readonly gradientMask: Float32Array;
  readonly covariances: Float64Array;
  /** how many tokens are to be chosen */
  readonly limit: number;
  readonly options: LossOptions;
}

/**
 * Clip-Cov: `limit` tokens at random of those with a covariance in (covarianceLow, covarianceHigh) that no clip has silenced
 * already.
 */
function drawCandidates(choice: Choice, generator: Generator): number[] {
  const { batch, current, gradientMask, covariances, limit, options } = choice;
  const ratios = measureRatios(batch, current.logprobs, options.ratioLevel);
  const candidates = [...covariances.keys()].filter(
    (at) =>
      gradientMask[at] !== 0 &&
      covariances[at]! > options.covarianceLow &&
      covariances[at]! < options.covarianceHigh &&
      !isClipped(ratios[at]!, batch.perToken.credit[at]!, options),
  );
  return generator.shuffle(candidates).slice(0, limit);
}

/** KL-Cov: the `limit` tokens of highest covariance, as far as it is positive; of equals the first. */
function takeHighest({ gradientMask, covariances, limit }: Choice): number[] {
  return [...covariances.keys()]
    .filter((at) => gradientMask[at] !== 0 && covariances[at]! > 0)
    .sort((a, b) => covariances[b]! - covariances[a]! || a - b)
    .slice(0, limit);
}

/** covariancePenalty · sign(logprob − behavior logprob) of the chosen tokens, 0 elsewhere and where the two are equal. */
function slopePenalties({ batch, current, options }: Choice, chosen: readonly number[]): Float32Array {
  const { logprobs } = batch.perToken;
  const slopes = new Float32Array(logprobs.length);
  for (const at of chosen) {
    const moved = current.logprobs[at]! - logprobs[at]!;
    if (Math.abs(moved) > ROUNDING_NATS) slopes[at] = options.covariancePenalty * Math.sign(moved);
  }
  return slopes;
}

/**
 * Decides per token of an optimizer batch, before its step, what the loss does with it:
 * - topEntropyQuantile: only the top share of entropies carries policy gradient (arXiv 2506.01939);
 * - covarianceControl clip: max(1, ⌊share · tokens⌋) tokens drawn at random lose their policy gradient (Clip-Cov);
 * - covarianceControl kl: as many tokens of highest covariance get + penalty · |logprob − behavior logprob| (KL-Cov).
 *
 * Source of the latter two: arXiv 2505.22617, section 4, and its code. Unlike there, a token of covariance 0 or below is
 * never among the highest, so a batch without any advantage is left alone.
 *
 * @param score called once, and only when a decision needs the current scores
 */
export function controlTokens(
  batch: ControlledBatch,
  score: () => CurrentScores,
  call: { readonly options: LossOptions; readonly generator: Generator },
): TokenControl {
  const { tokenMask } = batch.perToken;
  const { topEntropyQuantile, covarianceControl, covarianceShare } = call.options;
  if (topEntropyQuantile === 1 && covarianceControl === 'none') {
    return { gradientMask: tokenMask, penaltySlopes: null, chosen: null };
  }
  const current = score();
  const gradientMask = maskTopEntropies(current.entropies, tokenMask, topEntropyQuantile);
  if (covarianceControl === 'none') return { gradientMask, penaltySlopes: null, chosen: null };
  const covariances = measureCovariances({ ...batch.perToken, logprobs: current.logprobs });
  const tokens = tokenMask.reduce((running, counts) => running + counts, 0);
  const limit = Math.max(1, Math.floor(covarianceShare * tokens));
  const choice = { batch, current, gradientMask, covariances, limit, options: call.options };
  if (covarianceControl === 'clip') {
    const chosen = new Set(drawCandidates(choice, call.generator));
    const remaining = gradientMask.map((carries, at) => (chosen.has(at) ? 0 : carries));
    return { gradientMask: remaining, penaltySlopes: null, chosen: chosen.size };
  }
  const chosen = takeHighest(choice);
  return { gradientMask, penaltySlopes: slopePenalties(choice, chosen), chosen: chosen.length };
}
