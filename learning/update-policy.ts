import type { Policy } from '../model/policy.ts';
import type { RolloutBatch } from '../model/sampler.ts';
import type { OptimizerMoments } from '../model/training-state.ts';
import type { Scheme } from '../spec/scheme.ts';
import type { TrainingPlan } from '../spec/training.ts';
import { createGradientSums } from './accumulate-gradients.ts';
import { toAdamwOptions } from './adamw-options.ts';
import { applyAdamw } from './adamw.ts';
import { maskTopEntropies } from './entropy-mask.ts';
import { learningRateAt, toSchedule } from './learning-rate.ts';
import { cutMicroBatch, splitByLength, type MicroBatch } from './micro-batches.ts';
import { splitMinibatches } from './minibatches.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { accumulateRollouts, type RolloutSums } from './rollout-gradients.ts';
import { scoreMicroBatch } from './score-micro-batch.ts';

/** Rollouts with what they teach. */
export interface ShapedBatch extends RolloutBatch {
  /** [N] */
  readonly advantages: Float32Array;
  /** [N, T]: the advantage each token is credited with; 0 where masked */
  readonly credit: Float32Array;
  /** [N, T]: 1 where a sampled token counts in the loss */
  readonly tokenMask: Float32Array;
}

export interface UpdateCall {
  readonly policy: Policy;
  readonly moments: OptimizerMoments;
  readonly batch: ShapedBatch;
  readonly scheme: Scheme;
  readonly training: TrainingPlan;
  /** the longest completion that could have been sampled */
  readonly maxNewTokens: number;
  /** what a KL penalty is measured from; needed when loss.beta is above 0 */
  readonly referencePolicy: Policy | null;
  readonly seed: number;
  /** from 0 */
  readonly step: number;
  /** awaited between micro-batches; the place for heartbeats */
  readonly onYield?: () => Promise<void> | void;
  readonly signal?: AbortSignal;
}

/** Whether a rollout without credit still has a gradient, through the KL penalty or the entropy bonus. */
function needsEveryRollout({ beta, entropyCoefficient }: Scheme['loss']): boolean {
  return beta > 0 || entropyCoefficient > 0;
}

function hasCredit({ credit, completionLength }: ShapedBatch, rollout: number): boolean {
  const begin = rollout * completionLength;
  return credit.subarray(begin, begin + completionLength).some((value) => value !== 0);
}

function sum(values: Float32Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function countTokens({ tokenMask, completionLength }: ShapedBatch, rollouts: readonly number[]): number {
  return rollouts.reduce(
    (total, rollout) =>
      total + sum(tokenMask.subarray(rollout * completionLength, (rollout + 1) * completionLength)),
    0,
  );
}

async function pause(call: UpdateCall): Promise<void> {
  await call.onYield?.();
  call.signal?.throwIfAborted();
}

function cutParts(call: UpdateCall, rollouts: readonly number[]): MicroBatch[] {
  const { batch, training } = call;
  return splitByLength(batch, rollouts, training.microBatch).map((part) =>
    cutMicroBatch(batch, part, training.microBatch),
  );
}

/** [N, T]: 1 on the tokens of `rollouts` whose entropy under the current policy is in the top share; null: all are. */
async function findTopEntropies(call: UpdateCall, rollouts: readonly number[]): Promise<Float32Array | null> {
  const { batch, policy, scheme, training } = call;
  const { topEntropyQuantile } = scheme.loss;
  if (topEntropyQuantile === 1) return null;
  const entropies = new Float32Array(batch.tokenMask.length);
  const counted = new Float32Array(batch.tokenMask.length);
  for (const part of cutParts(call, rollouts)) {
    const scored = scoreMicroBatch(policy, part, training.temperature).entropies;
    part.rollouts.forEach((rollout, row) => {
      const begin = rollout * batch.completionLength;
      const width = Math.min(part.completionLength, batch.completionLength);
      const from = row * part.completionLength;
      entropies.set(scored.subarray(from, from + width), begin);
      const end = begin + batch.completionLength;
      counted.set(batch.tokenMask.subarray(begin, end), begin);
    });
    await pause(call);
  }
  return maskTopEntropies(entropies, counted, topEntropyQuantile);
}

function checkLoss(call: UpdateCall, part: MicroBatch, found: { loss: number; update: number }): void {
  if (Number.isFinite(found.loss)) return;
  throw new NonFiniteLossError(
    `the loss is ${found.loss} in step ${call.step}, minibatch ${found.update}, rollouts ${part.rollouts.join(', ')}; ` +
      'expected a finite number. Look at the logprobs and credit of these rollouts, or lower the learning rate',
  );
}

/** One optimizer step over some rollouts of the batch; null when none of them has a gradient. */
async function updateOnce(
  call: UpdateCall,
  rollouts: readonly number[],
  update: number,
): Promise<Record<string, number> | null> {
  const { batch, policy, moments, scheme, training, maxNewTokens } = call;
  const taught = needsEveryRollout(scheme.loss)
    ? rollouts
    : rollouts.filter((rollout) => hasCredit(batch, rollout));
  // Without a gradient Adam would still move the weights, by what it remembers of earlier steps.
  if (taught.length === 0) return null;
  const entropyMask = await findTopEntropies(call, rollouts);
  const divisors = { sequences: rollouts.length, tokens: countTokens(batch, rollouts), maxNewTokens };
  const gradients = createGradientSums(policy);
  const total: RolloutSums = { loss: 0, kl: 0, clippedTokens: 0, ratio: 0 };
  for (const part of cutParts(call, taught)) {
    const sums = accumulateRollouts({ ...call, part, entropyMask, divisors, into: gradients });
    checkLoss(call, part, { loss: sums.loss, update });
    for (const key of Object.keys(total) as (keyof RolloutSums)[]) total[key] += sums[key];
    await pause(call);
  }
  const { steps, updatesPerBatch, epochs, optimizer } = training;
  const perStep = updatesPerBatch * epochs;
  const schedule = toSchedule(optimizer, steps * perStep);
  const learningRate = learningRateAt(schedule, call.step * perStep + update);
  const options = toAdamwOptions(optimizer);
  const { gradientNorm } = applyAdamw(policy, gradients, { moments, options, learningRate });
  const tokens = countTokens(batch, taught);
  return {
    'loss/policy': total.loss,
    'loss/kl': total.kl / Math.max(tokens, 1),
    'gradient/norm': gradientNorm,
    'update/clip_fraction': total.clippedTokens / Math.max(tokens, 1),
    'update/ratio_mean': total.ratio / Math.max(tokens, 1),
    'update/learning_rate': learningRate,
    'update/tokens': tokens,
  };
}

function meanOf(rows: readonly Record<string, number>[]): Record<string, number> {
  const keys = Object.keys(rows[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => [key, rows.reduce((total, row) => total + row[key]!, 0) / rows.length]),
  );
}

/** Mean entropy of the sampling distribution over all masked tokens, those of rollouts without credit included. */
function meanEntropy({ entropies, tokenMask }: ShapedBatch): Record<string, number> {
  const tokens = sum(tokenMask);
  if (tokens === 0) return {};
  const total = entropies.reduce((running, entropy, at) => running + entropy * tokenMask[at]!, 0);
  return { 'entropy/mean_nats': total / tokens };
}

/**
 * The optimizer steps of one batch: `updatesPerBatch` shares of its groups in each of `epochs` passes, one AdamW step per
 * share. Rollouts without credit are left out where they have no gradient; the divisors still count them. The policy and
 * its moments change in place; same arguments, same bits.
 *
 * @returns means over the shares that had a gradient, and `update/skipped`, the fraction of shares that had none; what
 *   was not measured is absent
 * @throws NonFiniteLossError, NonFiniteGradientError; earlier shares have changed the policy then
 */
export async function updatePolicy(call: UpdateCall): Promise<Record<string, number>> {
  const { batch, scheme, training, seed, step } = call;
  if (scheme.loss.beta > 0 && call.referencePolicy === null) {
    throw new RangeError(`scheme ${scheme.name} has beta ${scheme.loss.beta} and needs a reference policy`);
  }
  const { updatesPerBatch: updates, epochs, groupSize } = training;
  const shares = splitMinibatches({ count: batch.count, groupSize, updates, epochs, seed, step });
  const measured: Record<string, number>[] = [];
  for (const [update, rollouts] of shares.entries()) {
    const metrics = await updateOnce(call, rollouts, update);
    if (metrics !== null) measured.push(metrics);
  }
  return {
    ...meanOf(measured),
    ...meanEntropy(batch),
    'update/skipped': (shares.length - measured.length) / shares.length,
  };
}
