import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';

/** Sums over the counted tokens of a micro-batch. */
export interface RatioSums {
  readonly tokens: number;
  readonly ratio: number;
  /** tokens whose gradient a clip or cap takes away or limits */
  readonly clipped: number;
  /** those of them with a ratio above 1 */
  readonly clippedHigh: number;
  /** tokens that an upper bound as narrow as the lower one would have silenced */
  readonly freed: number;
  /** ratio − 1 − log ratio (k3): the KL from the behavior policy to the policy, nats */
  readonly divergence: number;
}

export const noRatios: RatioSums = {
  tokens: 0,
  ratio: 0,
  clipped: 0,
  clippedHigh: 0,
  freed: 0,
  divergence: 0,
};

export function addRatios(a: RatioSums, b: RatioSums): RatioSums {
  return {
    tokens: a.tokens + b.tokens,
    ratio: a.ratio + b.ratio,
    clipped: a.clipped + b.clipped,
    clippedHigh: a.clippedHigh + b.clippedHigh,
    freed: a.freed + b.freed,
    divergence: a.divergence + b.divergence,
  };
}

/** Log ratios beyond this, either way, count as this in the statistics: in float32 they would over- or underflow. */
const MAX_LOG_RATIO = 20;

function bound(ratio: number): number {
  return Math.min(Math.max(ratio, Math.exp(-MAX_LOG_RATIO)), Math.exp(MAX_LOG_RATIO));
}

/** The clip rules of an objective's surrogate; without one no token is clipped or freed. */
export interface ClipRules {
  readonly isClipped: (ratio: number, credit: number) => boolean;
  readonly isFreed: (ratio: number, credit: number) => boolean;
}

/** exp(logprob − behavior logprob), at sequence level of the row's mean. [N, T] */
export function measureRatios(
  batch: Pick<ShapedBatch, 'completionLength' | 'perToken'>,
  logprobs: Float32Array,
  level: 'token' | 'sequence',
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

/**
 * @param call.ratio [n, T'] policy over behavior probability
 */
export function sumRatios(
  { tokenMask, credit }: Pick<ShapedBatch['perToken'], 'tokenMask' | 'credit'>,
  call: ClipRules & { readonly ratio: Float32Array },
): RatioSums {
  let tokens = 0;
  let ratioSum = 0;
  let clipped = 0;
  let clippedHigh = 0;
  let freed = 0;
  let divergence = 0;
  tokenMask.forEach((counts, at) => {
    if (counts === 0) return;
    const ratio = bound(call.ratio[at]!);
    tokens += 1;
    ratioSum += ratio;
    const isTouched = call.isClipped(ratio, credit[at]!);
    clipped += Number(isTouched);
    clippedHigh += Number(isTouched && ratio > 1);
    freed += Number(call.isFreed(ratio, credit[at]!));
    divergence += ratio - 1 - Math.log(ratio);
  });
  return { tokens, ratio: ratioSum, clipped, clippedHigh, freed, divergence };
}
