import type { ShapedBatch } from '../rollouts/rollout-batch.ts';
import type { Scheme } from '../spec/scheme.ts';
import { cutColumns, type MicroBatch } from './micro-batches.ts';

/** Sums over the counted tokens of a micro-batch. */
export interface RatioSums {
  readonly tokens: number;
  readonly ratio: number;
  /** tokens whose gradient a clip or cap takes away or limits */
  readonly clipped: number;
  /** those of them with a ratio above 1 */
  readonly clippedHigh: number;
  /** ratio − 1 − log ratio (k3): the KL from the behavior policy to the policy, nats */
  readonly divergence: number;
}

type LossOptions = Scheme['loss'];

/** Whether a clip or cap takes away or limits the gradient of a token of this ratio. */
export function isClipped(ratio: number, credit: number, options: LossOptions): boolean {
  const { objective, epsilonLow, epsilonHigh, delta } = options;
  if (objective === 'reinforce' || objective === 'unclipped') return false;
  if (objective === 'cispo') return ratio > epsilonHigh;
  if (credit > 0) return ratio > Math.min(1 + epsilonHigh, delta ?? Infinity);
  // Of a negative credit the larger of min(ratio, delta) and the clipped ratio counts.
  return (
    credit < 0 && (ratio < 1 - epsilonLow || (delta !== null && ratio > Math.max(1 + epsilonHigh, delta)))
  );
}

/** Log ratios beyond this, either way, count as this in the statistics: in float32 they would over- or underflow. */
const MAX_LOG_RATIO = 20;

function bound(ratio: number): number {
  return Math.min(Math.max(ratio, Math.exp(-MAX_LOG_RATIO)), Math.exp(MAX_LOG_RATIO));
}

/** @param ratio [n, T'] policy over behavior probability */
export function sumRatios(
  batch: ShapedBatch,
  part: MicroBatch,
  call: { ratio: Float32Array; options: LossOptions },
): RatioSums {
  const mask = cutColumns(batch, part, batch.perToken.tokenMask);
  const credit = cutColumns(batch, part, batch.perToken.credit);
  let tokens = 0;
  let ratioSum = 0;
  let clipped = 0;
  let clippedHigh = 0;
  let divergence = 0;
  mask.forEach((counts, at) => {
    if (counts === 0) return;
    const ratio = bound(call.ratio[at]!);
    tokens += 1;
    ratioSum += ratio;
    const isTouched = isClipped(ratio, credit[at]!, call.options);
    clipped += Number(isTouched);
    clippedHigh += Number(isTouched && ratio > 1);
    divergence += ratio - 1 - Math.log(ratio);
  });
  return { tokens, ratio: ratioSum, clipped, clippedHigh, divergence };
}
