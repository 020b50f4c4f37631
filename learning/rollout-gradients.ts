import * as tf from '@tensorflow/tfjs-core';
import type { Policy } from '../model/policy.ts';
import { createMask, shiftTargets } from '../model/token-batch.ts';
import type { Columns, ShapedBatch } from '../rollouts/rollout-batch.ts';
import type { Scheme } from '../spec/scheme.ts';
import { accumulateGradients, type LossBody } from './accumulate-gradients.ts';
import { cutColumns, takeInputs, type MicroBatch } from './micro-batches.ts';
import { penalizeDivergence } from './kl-penalty.ts';
import { computePolicyLoss, type LossInput } from './policy-gradient-loss.ts';
import { scoreRows } from './score-rows.ts';

type ScoreName = 'logprobs' | 'entropies';

/** What the loss reads of every token besides its scores under the policy. */
type LossColumn = Exclude<keyof LossInput, ScoreName>;
type OptionalColumn = (typeof optionalColumns)[number];

/** Absent where the scheme has no such term. */
const optionalColumns = ['referenceLogprobs', 'entropyWeights', 'penaltySlopes'] as const;

/** What is constant over one optimizer batch. */
export interface LossContext {
  readonly policy: Policy;
  readonly batch: ShapedBatch;
  readonly options: Scheme['loss'];
  readonly temperature: number;
  /** [N, T] each, as `LossInput` describes them; tensors follow the order in which they stand here */
  readonly columns: Columns<Exclude<LossColumn, OptionalColumn>, OptionalColumn>;
}

/** What a micro-batch adds to its optimizer batch. */
export interface RolloutLoss {
  /** share of the loss, KL and entropy terms included */
  readonly loss: number;
  /** sum over counted tokens of the KL to the reference, nats, before its weight; 0 without a reference */
  readonly kl: number;
  /** [n, T'] policy over behavior probability */
  readonly ratio: Float32Array;
}

/** The loss's input by name: a tensor of each of `names`, null for the optional columns that are not among them. */
function nameTensors(names: readonly string[], tensors: readonly tf.Tensor[]): Omit<LossInput, ScoreName> {
  const absent = optionalColumns.map((name) => [name, null]);
  const present = names.map((name, at) => [name, tensors[at]!]);
  return Object.fromEntries([...absent, ...present]) as Omit<LossInput, ScoreName>;
}

/** Tensors: ids, targets, mask; then one per column. */
function createBody(context: LossContext): LossBody {
  const { policy, options, temperature } = context;
  const names = Object.keys(context.columns);
  return (weights, tensors) => {
    const [ids, targets, mask] = tensors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor];
    const columns = nameTensors(names, tensors.slice(3));
    const scores = scoreRows(weights, { ids, targets, mask }, { config: policy.config, temperature });
    const { rows, ratio } = computePolicyLoss({ ...scores, ...columns }, options);
    const { referenceLogprobs, tokenMask } = columns;
    if (referenceLogprobs === null) return [tf.sum(rows), ratio];
    const divergence = penalizeDivergence({ ...scores, referenceLogprobs, tokenMask, ratio }, options);
    return [tf.sum(rows), ratio, tf.sum(tf.mul(divergence, tokenMask))];
  };
}

/** Options that reach the graph as arrays. */
const asArrays: readonly (keyof LossContext['options'])[] = [
  'aggregation',
  'topEntropyQuantile',
  'entropyCoefficient',
  'entropyTarget',
  'entropyStep',
  'covarianceControl',
  'covarianceShare',
  'covarianceLow',
  'covarianceHigh',
  'covariancePenalty',
];

/** Schemes that differ only in what reaches the graph as arrays share their recordings. */
function nameBody(context: LossContext): string {
  const options = Object.entries(context.options);
  const inGraph = options.filter(([name]) => !asArrays.some((option) => option === name));
  return JSON.stringify([inGraph, context.temperature, Object.keys(context.columns)]);
}

/** Adds the gradient of a micro-batch's share of the policy loss to `into`. */
export function accumulateRollouts(
  context: LossContext,
  part: MicroBatch,
  into: readonly Float32Array[],
): RolloutLoss {
  const { batch, policy } = context;
  const { tokens, completionLength } = part;
  const [loss, ratio, kl] = accumulateGradients({
    policy,
    body: createBody(context),
    key: nameBody(context),
    tensors: [
      tf.tensor1d(takeInputs(tokens), 'int32'),
      tf.tensor1d(shiftTargets(tokens, tokens.promptLength), 'int32'),
      createMask(tokens.promptStarts, tokens.length - 1),
      ...Object.values(context.columns).map((values) =>
        tf.tensor2d(cutColumns(batch, part, values), [tokens.count, completionLength]),
      ),
    ],
    into,
  }) as [Float32Array, Float32Array, Float32Array?];
  return { loss: loss[0]!, kl: kl?.[0] ?? 0, ratio };
}
