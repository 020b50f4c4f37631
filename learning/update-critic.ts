import * as tf from '@tensorflow/tfjs-core';
import { valuePrepared } from '../model/network/forward.ts';
import type { CriticState } from '../model/checkpoints/training-state.ts';
import { countPass } from '../rollouts/count-pass.ts';
import { requireColumns, valuedColumns, type ValuedBatch } from '../rollouts/rollout-batch.ts';
import { takeRows } from '../rollouts/select-rows.ts';
import type { CriticOptions } from '../schemes/credit/credit-rule.ts';
import { accumulateGradients, createGradientSums } from './gradients/accumulate-gradients.ts';
import { toAdamwOptions } from './optimizer/adamw-options.ts';
import { applyAdamw } from './optimizer/adamw.ts';
import { learningRateAt, toSchedule } from './optimizer/learning-rate.ts';
import { cutMicroBatch, splitByLength, toTensors, type MicroBatch } from './gradients/micro-batches.ts';
import { splitMinibatches } from './gradients/minibatches.ts';
import { NonFiniteLossError } from './non-finite-loss-error.ts';
import { toInputs } from './gradients/score-rows.ts';
import type { UpdateCall } from './update-policy.ts';
import { computeValueLoss } from './gradients/value-loss.ts';

export interface CriticCall extends Pick<
  UpdateCall,
  'batch' | 'training' | 'seed' | 'step' | 'onYield' | 'signal' | 'onPass'
> {
  readonly critic: CriticState;
  readonly options: CriticOptions;
}

/** The loss of a micro-batch, its gradient added to `into`; column `weights` says what each token's is multiplied by. */
function accumulatePart(
  { critic, options }: CriticCall,
  part: MicroBatch<'values' | 'returns' | 'weights'>,
  into: readonly Float32Array[],
): number {
  const [loss] = accumulateGradients({
    policy: critic.policy,
    key: `values, clip ${options.valueClip}`,
    tensors: toTensors(part),
    body: (network, { ids, targets, mask, values: recordedValues, returns, weights }) => {
      const inputs = toInputs({ ids, targets, mask }, critic.policy.config);
      const values = tf.reshape(valuePrepared(network, inputs, { targets }), recordedValues.shape);
      return [computeValueLoss({ values, recordedValues, returns, weights }, options.valueClip)];
    },
    into,
  });
  return loss![0]!;
}

/** One optimizer step over some rollouts, one or more; null when none of their tokens counts. */
async function updateOnce(
  call: CriticCall,
  batch: ValuedBatch,
  update: number,
): Promise<{ loss: number; norm: number } | null> {
  const { critic, training } = call;
  const { values, returns, valueMask } = batch.perToken;
  const tokens = valueMask.reduce((sum, counts) => sum + counts, 0);
  if (tokens === 0) return null;
  const weights = valueMask.map((counts) => counts / tokens);
  const into = createGradientSums(critic.policy);
  let loss = 0;
  const weighed = { ...batch, perToken: { values, returns, weights } };
  const rows = Array.from({ length: batch.count }, (_, row) => row);
  for (const taken of splitByLength(batch, rows, training.microBatch)) {
    loss += accumulatePart(call, cutMicroBatch(weighed, taken, training.microBatch), into);
    call.onPass?.('gradients', countPass(batch, taken));
    if (!Number.isFinite(loss)) {
      throw new NonFiniteLossError(
        `the critic's loss is ${loss} in step ${call.step}, minibatch ${update}; expected a finite number. ` +
          'Look at the returns of these rollouts, or lower learningRateFactor of credit rule gae',
      );
    }
    await call.onYield?.();
    call.signal?.throwIfAborted();
  }
  const { steps, updatesPerBatch, epochs, optimizer } = training;
  const perStep = updatesPerBatch * epochs;
  const rate = learningRateAt(toSchedule(optimizer, steps * perStep), call.step * perStep + update);
  const { gradientNorm } = applyAdamw(critic.policy, into, {
    moments: critic.moments,
    options: toAdamwOptions(optimizer),
    learningRate: rate * call.options.learningRateFactor,
  });
  return { loss, norm: gradientNorm };
}

/** 1 − variance of (return − value) / variance of the returns, over counted tokens; null where all returns are equal. */
function explainVariance({ values, returns, valueMask }: ValuedBatch['perToken']): number | null {
  const counted = [...valueMask.keys()].filter((at) => valueMask[at] === 1);
  const variance = (of: (at: number) => number): number => {
    const mean = counted.reduce((sum, at) => sum + of(at), 0) / counted.length;
    return counted.reduce((sum, at) => sum + (of(at) - mean) ** 2, 0) / counted.length;
  };
  const total = variance((at) => returns[at]!);
  return counted.length === 0 || total === 0
    ? null
    : 1 - variance((at) => returns[at]! - values[at]!) / total;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * The critic's optimizer steps of one batch: over the same shares of it as the policy's, towards the returns that were
 * computed with the values it gave when the rollouts were sampled. The critic and its moments change in place; same
 * arguments, same bits.
 *
 * @returns metrics; what was not measured is absent
 * @throws NonFiniteLossError, NonFiniteGradientError; MissingColumnError when the batch has no values and returns
 */
export async function updateCritic(call: CriticCall): Promise<Record<string, number>> {
  const batch = requireColumns(call.batch, valuedColumns, 'the critic');
  const { updatesPerBatch: updates, epochs } = call.training;
  const { seed, step } = call;
  const shares = splitMinibatches({ groups: batch.groups, updates, epochs, seed, step });
  const measured: { loss: number; norm: number }[] = [];
  for (const [update, rollouts] of shares.entries()) {
    if (rollouts.length === 0) continue;
    const found = await updateOnce(call, takeRows(batch, rollouts), update);
    if (found !== null) measured.push(found);
  }
  const explained = explainVariance(batch.perToken);
  return {
    ...(measured.length === 0
      ? {}
      : {
          'critic/loss': mean(measured.map(({ loss }) => loss)),
          'critic/gradient_norm': mean(measured.map(({ norm }) => norm)),
        }),
    ...(explained === null ? {} : { 'critic/explained_variance': explained }),
  };
}
