import type { Policy } from '../model/network/policy.ts';
import { scoreArrays } from '../model/network/score-arrays.ts';
import { requireBatchIds } from '../model/network/token-ids.ts';
import type { OptimizerMoments } from '../model/checkpoints/training-state.ts';
import { countPass, type PassCount } from '../rollouts/count-pass.ts';
import {
  requireColumns,
  requireDistributions,
  type Columns,
  type ShapedBatch,
} from '../rollouts/rollout-batch.ts';
import { takeRows } from '../rollouts/select-rows.ts';
import type { CurrentScores, TokenRuling } from '../schemes/credit/credit-rule.ts';
import { countTokens } from '../schemes/credit/token-covariance.ts';
import type { OpenScheme } from '../schemes/open-scheme.ts';
import { averageMetrics, measureModels, measureTokens } from '../schemes/update-metrics.ts';
import type { TrainingPlan } from '../config/training.ts';
import { createGradientSums } from './gradients/accumulate-gradients.ts';
import { toAdamwOptions } from './optimizer/adamw-options.ts';
import { applyAdamw } from './optimizer/adamw.ts';
import { learningRateAt, toSchedule } from './optimizer/learning-rate.ts';
import { cutMicroBatch, splitByLength } from './gradients/micro-batches.ts';
import { splitMinibatches } from './gradients/minibatches.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { findSurrogate, termColumn, type WeightedTerm } from './gradients/policy-loss.ts';
import {
  addRatios,
  noRatios,
  sumRatios,
  type ClipRules,
  type RatioSums,
} from './gradients/ratio-statistics.ts';
import { accumulateRollouts, type LossContext } from './gradients/rollout-gradients.ts';
import { ruleTokens } from './rule-tokens.ts';
import { adaptTerms, measureTerms } from './terms-in-force.ts';
import { createWeightMeans } from './token-weight-means.ts';
import { weighTokens } from './gradients/token-weights.ts';

export interface UpdateCall {
  readonly policy: Policy;
  readonly moments: OptimizerMoments;
  readonly batch: ShapedBatch;
  readonly scheme: Pick<OpenScheme, 'credit' | 'objective' | 'aggregation'>;
  readonly training: TrainingPlan;
  /** the longest completion that could have been sampled */
  readonly maxNewTokens: number;
  readonly seed: number;
  /** from 0 */
  readonly step: number;
  /** awaited between micro-batches; the place for heartbeats */
  readonly onYield?: () => Promise<void> | void;
  readonly signal?: AbortSignal;
  /** hears of each pass over some rollouts, for the ledger */
  readonly onPass?: (kind: UpdatePass, count: PassCount) => void;
}

/** A forward pass alone, or one with its backward pass. */
export type UpdatePass = 'scores' | 'gradients';

/** One optimizer step of an update. */
interface Share {
  readonly rollouts: readonly number[];
  /** from 0, in the order of the steps */
  readonly update: number;
  /** the terms in force, with their weights of this step */
  readonly terms: readonly WeightedTerm[];
}

export interface PolicyUpdate {
  readonly metrics: Record<string, number>;
  /**
   * [N, T]: what the policy gradient of each token was multiplied by, mean over the updates it took part in, 0 where all of them were
   * skipped; null where no credit rule waits for the optimizer step, so that the batch says it itself
   */
  readonly tokenWeights: Float32Array | null;
}

/** Whether a rollout without credit still has a gradient, through a term that is no surrogate. */
function needsEveryRollout(terms: readonly WeightedTerm[]): boolean {
  return terms.some(({ part }) => part.surrogate === undefined);
}

/** Whether `values` [N, T] has any in this row. */
function hasAny(values: Float32Array | undefined, row: number, width: number): boolean {
  return values?.subarray(row * width, (row + 1) * width).some((value) => value !== 0) ?? false;
}

async function pause(call: UpdateCall): Promise<void> {
  await call.onYield?.();
  call.signal?.throwIfAborted();
}

/** Columns that hold what a part can need per token. */
const needColumns = ['referenceLogprobs', 'teacherLogprobs', 'values', 'disparities'] as const;

/**
 * The recorded columns that the terms read.
 *
 * @throws MissingColumnError
 */
function pickColumns(
  batch: ShapedBatch,
  terms: readonly WeightedTerm[],
): { readonly perToken: Record<string, Float32Array>; readonly perVocabulary: Columns<string> } {
  const perToken: Record<string, Float32Array> = {};
  const perVocabulary: Record<string, Float32Array> = {};
  for (const { part, options } of terms) {
    const needs = part.needs?.(options) ?? [];
    const asker = `objective term ${part.name}`;
    const needed = needColumns.filter((name) => needs.includes(name));
    const found = requireColumns(batch, { perToken: needed, perRollout: [] }, asker).perToken;
    for (const name of needed) perToken[name] = found[name]!;
    if (!needs.includes('teacherDistributions')) continue;
    perVocabulary['teacherDistributions'] = requireDistributions(batch, 'teacherDistributions', asker);
  }
  return { perToken, perVocabulary };
}

/** What a share's loss reads, and what the rules that decided it measured. */
function createContext(
  call: UpdateCall,
  batch: ShapedBatch,
  { update, terms }: Share,
): { readonly context: LossContext; readonly metrics: TokenRuling['metrics'] } {
  const { policy, scheme, training, maxNewTokens, seed, step } = call;
  const weights = weighTokens({
    width: batch.completionLength,
    tokenMask: batch.perToken.tokenMask,
    aggregation: scheme.aggregation,
    maxNewTokens,
    localBatch: training.microBatch,
  });
  const score = (): CurrentScores => {
    call.onPass?.('scores', countPass(batch));
    return scoreArrays(policy, batch, training);
  };
  const { metrics, ...ruled } = ruleTokens(batch, { rules: scheme.credit, terms, score, seed, step, update });
  const termWeights = terms.map(({ weight }, at) => [
    termColumn(at),
    weight === 1 ? weights : weights.map((value) => value * weight),
  ]);
  const { logprobs, credit, tokenMask } = batch.perToken;
  const read = pickColumns(batch, terms);
  const perToken = {
    ...{ logprobs, credit, tokenMask, ...ruled },
    ...Object.fromEntries(termWeights),
    ...read.perToken,
  };
  const { temperature } = training;
  const { perVocabulary } = read;
  return { context: { policy, batch: { ...batch, perToken, perVocabulary }, terms, temperature }, metrics };
}

interface Totals extends RatioSums {
  readonly loss: number;
  /** of each term that is no surrogate */
  readonly terms: readonly number[];
}

function openClipRules(terms: readonly WeightedTerm[]): ClipRules {
  const surrogate = findSurrogate(terms);
  if (surrogate === null) return { isClipped: () => false, isFreed: () => false };
  const { part, options } = surrogate;
  return {
    isClipped: (ratio, credit) => part.surrogate!.isClipped(ratio, credit, options),
    isFreed: (ratio, credit) => part.surrogate!.isFreed?.(ratio, credit, options) ?? false,
  };
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
  const { batch } = context;
  const { microBatch } = call.training;
  const rules = openClipRules(context.terms);
  let totals: Totals = { loss: 0, terms: [], ...noRatios };
  for (const rows of splitByLength(batch, work.taught, microBatch)) {
    const part = cutMicroBatch(batch, rows, microBatch);
    const found = accumulateRollouts(context, part, work.into);
    call.onPass?.('gradients', countPass(batch, rows));
    if (!Number.isFinite(found.loss)) {
      throw new NonFiniteLossError(
        `the loss is ${found.loss} in ${work.describe(rows)}; expected a finite number. ` +
          'Look at the logprobs and credit of these rollouts, or lower the learning rate',
      );
    }
    const sums = sumRatios(part.perToken, { ...rules, ratio: found.ratio });
    const { loss, terms } = totals;
    totals = {
      loss: loss + found.loss,
      terms: found.terms.map((sum, at) => (terms[at] ?? 0) + sum),
      ...addRatios(totals, sums),
    };
    await pause(call);
  }
  return totals;
}

interface Updated {
  readonly metrics: Record<string, number>;
  /** [n, T] of the share's rollouts */
  readonly tokenWeights: Float32Array;
}

/** One optimizer step over some rollouts of the batch, one or more; null when none of them has a gradient. */
async function updateOnce(call: UpdateCall, share: Share): Promise<Updated | null> {
  const { policy, moments, training } = call;
  const { rollouts, update, terms } = share;
  const batch = takeRows(call.batch, rollouts);
  const { credit, tokenMask } = batch.perToken;
  const isEveryNeeded = needsEveryRollout(terms);
  // Without a gradient Adam would still move the weights, by what it remembers of earlier steps.
  if (countTokens(tokenMask) === 0 || terms.length === 0) return null;
  if (!isEveryNeeded && !credit.some((value) => value !== 0)) return null;
  const { context, metrics: ruled } = createContext(call, batch, share);
  const { tokenWeights, slopes } = context.batch.perToken as Columns<'tokenWeights', 'slopes'>;
  const width = batch.completionLength;
  const taught = rollouts
    .map((_, row) => row)
    .filter((row) => isEveryNeeded || hasAny(credit, row, width) || hasAny(slopes, row, width));
  const gradients = createGradientSums(policy);
  const describe = (rows: readonly number[]): string =>
    `step ${call.step}, minibatch ${update}, rollouts ${rows.map((row) => rollouts[row]!).join(', ')}`;
  const totals = await accumulate(call, context, { taught, into: gradients, describe });
  const { steps, updatesPerBatch, epochs, optimizer } = training;
  const perStep = updatesPerBatch * epochs;
  const learningRate = learningRateAt(toSchedule(optimizer, steps * perStep), call.step * perStep + update);
  const options = toAdamwOptions(optimizer);
  const { gradientNorm } = applyAdamw(policy, gradients, { moments, options, learningRate });
  const tokens = Math.max(totals.tokens, 1);
  const metrics = {
    'loss/policy': totals.loss,
    ...measureTerms(terms, totals),
    'gradient/norm': gradientNorm,
    ...ruled,
    'update/clip_fraction': totals.clipped / tokens,
    'update/clip_fraction_high': totals.clippedHigh / tokens,
    'update/clip_fraction_low': (totals.clipped - totals.clippedHigh) / tokens,
    'update/clip_freed': totals.freed / tokens,
    'update/ratio_mean': totals.ratio / tokens,
    'update/approx_kl_nats': totals.divergence / tokens,
    'update/learning_rate': learningRate,
    'update/tokens': totals.tokens,
  };
  return { metrics, tokenWeights };
}

/**
 * The optimizer steps of one batch: `updatesPerBatch` shares of its groups in each of `epochs` passes, one AdamW step per
 * share. Rollouts without credit are left out where they have no gradient; the divisors still count them. The policy and
 * its moments change in place; same arguments, same bits.
 *
 * @returns metrics, means over the shares that had a gradient, and `update/skipped`, the fraction of shares that had none: no
 *   token counted, no term was in force, or none but surrogates and no token was credited; what was not measured is absent
 * @throws UnknownTokenIdError, MissingColumnError before anything has changed; NonFiniteLossError, NonFiniteGradientError; earlier
 *   shares have changed the policy then
 */
export async function updatePolicy(call: UpdateCall): Promise<PolicyUpdate> {
  const { batch, scheme, training, seed, step } = call;
  requireBatchIds(batch, call.policy.config.vocabularySize);
  const { updatesPerBatch: updates, epochs } = training;
  const shares = splitMinibatches({ groups: batch.groups, updates, epochs, seed, step });
  const sampled = measureTokens(batch.perToken);
  const remembered = call.moments.entropyCoefficient;
  const adapted = adaptTerms(scheme, { remembered, entropy: sampled?.entropy ?? null });
  pickColumns(batch, adapted.terms);
  const measured: Record<string, number>[] = [];
  const weightMeans = createWeightMeans(batch);
  for (const [update, rollouts] of shares.entries()) {
    if (rollouts.length === 0) continue;
    const updated = await updateOnce(call, { rollouts, update, terms: adapted.terms });
    if (updated === null) continue;
    measured.push(updated.metrics);
    weightMeans.add(rollouts, updated.tokenWeights);
  }
  call.moments.entropyCoefficient = adapted.next;
  const metrics = {
    ...averageMetrics(measured),
    ...(sampled === null
      ? {}
      : { 'entropy/mean_nats': sampled.entropy, 'update/covariance_mean': sampled.covariance }),
    ...adapted.metrics,
    ...measureModels(batch.perToken),
    'update/skipped': (shares.length - measured.length) / shares.length,
  };
  const isRuled = scheme.credit.some(({ part }) => part.rule !== undefined);
  return { metrics, tokenWeights: isRuled ? weightMeans.means() : null };
}
