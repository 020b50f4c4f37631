import type { Policy } from '../model/policy.ts';
import { requireBatchIds } from '../model/token-ids.ts';
import type { OptimizerMoments } from '../model/training-state.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { requireColumns, type ShapedBatch } from '../rollouts/rollout-batch.ts';
import { takeRows } from '../rollouts/select-rows.ts';
import type { Scheme } from '../spec/scheme.ts';
import type { TrainingPlan } from '../spec/training.ts';
import { createGradientSums } from './accumulate-gradients.ts';
import { toAdamwOptions } from './adamw-options.ts';
import { applyAdamw } from './adamw.ts';
import { controlTokens } from './control-tokens.ts';
import { controlEntropy } from './entropy-coefficient.ts';
import { learningRateAt, toSchedule } from './learning-rate.ts';
import { cutMicroBatch, splitByLength } from './micro-batches.ts';
import { splitMinibatches } from './minibatches.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { sumRatios } from './ratio-statistics.ts';
import { accumulateRollouts, type LossContext } from './rollout-gradients.ts';
import { scoreRollouts } from './score-rollouts.ts';
import { measureCovariances } from './token-covariance.ts';
import { weighTokens } from './token-weights.ts';

export interface UpdateCall {
  readonly policy: Policy;
  readonly moments: OptimizerMoments;
  readonly batch: ShapedBatch;
  readonly scheme: Scheme;
  readonly training: TrainingPlan;
  /** the longest completion that could have been sampled */
  readonly maxNewTokens: number;
  readonly seed: number;
  /** from 0 */
  readonly step: number;
  /** awaited between micro-batches; the place for heartbeats */
  readonly onYield?: () => Promise<void> | void;
  readonly signal?: AbortSignal;
}

/** One optimizer step of an update. */
interface Share {
  readonly rollouts: readonly number[];
  /** from 0, in the order of the steps */
  readonly update: number;
  /** weight of the entropy bonus that is in force */
  readonly entropyCoefficient: number;
}

/** Whether a rollout without credit still has a gradient, through the KL penalty or the entropy bonus. */
function needsEveryRollout({ beta }: Scheme['loss'], { entropyCoefficient }: Share): boolean {
  return beta > 0 || entropyCoefficient > 0;
}

/** Whether `values` [N, T] has any in this row. */
function hasAny(values: Float32Array | undefined, row: number, width: number): boolean {
  return values?.subarray(row * width, (row + 1) * width).some((value) => value !== 0) ?? false;
}

async function pause(call: UpdateCall): Promise<void> {
  await call.onYield?.();
  call.signal?.throwIfAborted();
}

interface StepContext extends LossContext {
  /** tokens that the covariance control chose; null without one */
  readonly chosen: number | null;
}

function createContext(call: UpdateCall, batch: ShapedBatch, share: Share): StepContext {
  const { policy, scheme, training, maxNewTokens } = call;
  const { beta, aggregation } = scheme.loss;
  const { completionLength: width } = batch;
  const { logprobs: behaviorLogprobs, credit, tokenMask } = batch.perToken;
  const generator = createGenerator(deriveStream(call.seed, 'clip-cov'), call.step, share.update);
  const weights = weighTokens({
    width,
    tokenMask,
    aggregation,
    maxNewTokens,
    localBatch: training.microBatch,
  });
  const control = controlTokens(batch, () => scoreRollouts(policy, batch, training), {
    options: scheme.loss,
    generator,
  });
  const { entropyCoefficient } = share;
  const columns = {
    ...{ behaviorLogprobs, credit, tokenMask, gradientMask: control.gradientMask, weights },
    ...(beta > 0 ? { referenceLogprobs: batch.perToken.referenceLogprobs! } : {}),
    ...(entropyCoefficient > 0
      ? { entropyWeights: weights.map((weight) => weight * entropyCoefficient) }
      : {}),
    ...(control.penaltySlopes === null ? {} : { penaltySlopes: control.penaltySlopes }),
  };
  const { temperature } = training;
  return { policy, batch, options: scheme.loss, temperature, columns, chosen: control.chosen };
}

interface Totals {
  loss: number;
  kl: number;
  tokens: number;
  ratio: number;
  clipped: number;
  clippedHigh: number;
  divergence: number;
}

/** Sums losses and gradients of the rows `taught` over micro-batches. */
async function accumulate(
  call: UpdateCall,
  context: LossContext,
  work: {
    taught: readonly number[];
    into: readonly Float32Array[];
    describe: (rows: readonly number[]) => string;
  },
): Promise<Totals> {
  const { batch, options } = context;
  const { microBatch } = call.training;
  const totals: Totals = { loss: 0, kl: 0, tokens: 0, ratio: 0, clipped: 0, clippedHigh: 0, divergence: 0 };
  for (const rows of splitByLength(batch, work.taught, microBatch)) {
    const part = cutMicroBatch(batch, rows, microBatch);
    const found = accumulateRollouts(context, part, work.into);
    if (!Number.isFinite(found.loss)) {
      throw new NonFiniteLossError(
        `the loss is ${found.loss} in ${work.describe(rows)}; expected a finite number. ` +
          'Look at the logprobs and credit of these rollouts, or lower the learning rate',
      );
    }
    const sums = sumRatios(batch, part, { ratio: found.ratio, options });
    totals.loss += found.loss;
    totals.kl += found.kl;
    totals.tokens += sums.tokens;
    totals.ratio += sums.ratio;
    totals.clipped += sums.clipped;
    totals.clippedHigh += sums.clippedHigh;
    totals.divergence += sums.divergence;
    await pause(call);
  }
  return totals;
}

function countTokens({ tokenMask }: ShapedBatch['perToken']): number {
  return tokenMask.reduce((running, counts) => running + counts, 0);
}

/** One optimizer step over some rollouts of the batch, one or more; null when none of them has a gradient. */
async function updateOnce(call: UpdateCall, share: Share): Promise<Record<string, number> | null> {
  const { policy, moments, scheme, training } = call;
  const { rollouts, update } = share;
  const batch = takeRows(call.batch, rollouts);
  const { credit } = batch.perToken;
  const isEveryNeeded = needsEveryRollout(scheme.loss, share);
  // Without a gradient Adam would still move the weights, by what it remembers of earlier steps.
  const tokens = countTokens(batch.perToken);
  if (tokens === 0) return null;
  if (!isEveryNeeded && !credit.some((value) => value !== 0)) return null;
  const context = createContext(call, batch, share);
  const width = batch.completionLength;
  const taught = rollouts
    .map((_, row) => row)
    .filter(
      (row) =>
        isEveryNeeded || hasAny(credit, row, width) || hasAny(context.columns.penaltySlopes, row, width),
    );
  const gradients = createGradientSums(policy);
  const describe = (rows: readonly number[]): string =>
    `step ${call.step}, minibatch ${update}, rollouts ${rows.map((row) => rollouts[row]!).join(', ')}`;
  const totals = await accumulate(call, context, { taught, into: gradients, describe });
  const { steps, updatesPerBatch, epochs, optimizer } = training;
  const perStep = updatesPerBatch * epochs;
  const learningRate = learningRateAt(toSchedule(optimizer, steps * perStep), call.step * perStep + update);
  const options = toAdamwOptions(optimizer);
  const { gradientNorm } = applyAdamw(policy, gradients, { moments, options, learningRate });
  return {
    'loss/policy': totals.loss,
    ...(scheme.loss.beta > 0 ? { 'loss/kl': totals.kl / Math.max(totals.tokens, 1) } : {}),
    'gradient/norm': gradientNorm,
    ...(context.chosen === null ? {} : { 'update/covariance_chosen': context.chosen / tokens }),
    'update/clip_fraction': totals.clipped / Math.max(totals.tokens, 1),
    'update/clip_fraction_high': totals.clippedHigh / Math.max(totals.tokens, 1),
    'update/clip_fraction_low': (totals.clipped - totals.clippedHigh) / Math.max(totals.tokens, 1),
    'update/ratio_mean': totals.ratio / Math.max(totals.tokens, 1),
    'update/approx_kl_nats': totals.divergence / Math.max(totals.tokens, 1),
    'update/learning_rate': learningRate,
    'update/tokens': totals.tokens,
  };
}

function meanOf(rows: readonly Record<string, number>[]): Record<string, number> {
  const keys = Object.keys(rows[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => [key, rows.reduce((total, row) => total + row[key]!, 0) / rows.length]),
  );
}

/** Mean per counted token of the KL from the behavior policy to the reference (k1), as sampled. */
function measureReference({
  logprobs,
  referenceLogprobs,
  tokenMask,
}: ShapedBatch['perToken']): Record<string, number> {
  if (referenceLogprobs === undefined) return {};
  let sum = 0;
  let tokens = 0;
  tokenMask.forEach((counts, at) => {
    if (counts === 0) return;
    sum += logprobs[at]! - referenceLogprobs[at]!;
    tokens += 1;
  });
  return tokens === 0 ? {} : { 'reference/kl_nats': sum / tokens };
}

/** Means over all counted tokens, those of rollouts without credit included, as sampled; null when no token counts. */
function measureTokens(columns: ShapedBatch['perToken']): { entropy: number; covariance: number } | null {
  const { entropies, tokenMask } = columns;
  const tokens = countTokens(columns);
  if (tokens === 0) return null;
  const total = entropies.reduce((running, entropy, at) => running + entropy * tokenMask[at]!, 0);
  const covariances = measureCovariances(columns);
  return { entropy: total / tokens, covariance: covariances.reduce((a, b) => a + b, 0) / tokens };
}

/**
 * The optimizer steps of one batch: `updatesPerBatch` shares of its groups in each of `epochs` passes, one AdamW step per
 * share. Rollouts without credit are left out where they have no gradient; the divisors still count them. The policy and
 * its moments change in place; same arguments, same bits.
 *
 * @returns means over the shares that had a gradient, and `update/skipped`, the fraction of shares that had none: no token
 *   counted, or none was credited and no KL penalty or entropy bonus was in force; what was not measured is absent
 * @throws UnknownTokenIdError before anything has changed; NonFiniteLossError, NonFiniteGradientError; earlier shares have changed the policy then
 */
export async function updatePolicy(call: UpdateCall): Promise<Record<string, number>> {
  const { batch, scheme, training, seed, step } = call;
  if (scheme.loss.beta > 0) {
    const needed = { perToken: ['referenceLogprobs'], perRollout: [] } as const;
    requireColumns(batch, needed, `loss.beta of scheme ${scheme.name}`);
  }
  requireBatchIds(
    { tokens: batch.tokens, length: batch.promptLength + batch.completionLength },
    call.policy.config.vocabularySize,
  );
  const { updatesPerBatch: updates, epochs } = training;
  const shares = splitMinibatches({ groups: batch.groups, updates, epochs, seed, step });
  const sampled = measureTokens(batch.perToken);
  const { coefficient: entropyCoefficient, next } = controlEntropy(scheme.loss, {
    remembered: call.moments.entropyCoefficient,
    entropy: sampled?.entropy ?? null,
  });
  const measured: Record<string, number>[] = [];
  for (const [update, rollouts] of shares.entries()) {
    if (rollouts.length === 0) continue;
    const metrics = await updateOnce(call, { rollouts, update, entropyCoefficient });
    if (metrics !== null) measured.push(metrics);
  }
  call.moments.entropyCoefficient = next;
  const hasBonus = scheme.loss.entropyCoefficient > 0 || scheme.loss.entropyTarget !== null;
  return {
    ...meanOf(measured),
    ...(sampled === null
      ? {}
      : { 'entropy/mean_nats': sampled.entropy, 'update/covariance_mean': sampled.covariance }),
    ...(hasBonus ? { 'entropy/coefficient': entropyCoefficient } : {}),
    ...measureReference(batch.perToken),
    'update/skipped': (shares.length - measured.length) / shares.length,
  };
}
