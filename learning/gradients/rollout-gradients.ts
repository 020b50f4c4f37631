import * as tf from '@tensorflow/tfjs-core';
import type { Policy } from '../../model/network/policy.ts';
import { createMask, shiftTargets } from '../../model/network/token-batch.ts';
import type { ShapedBatch } from '../../rollouts/rollout-batch.ts';
import { accumulateGradients, type LossBody } from './accumulate-gradients.ts';
import { cutColumns, takeInputs, type MicroBatch } from './micro-batches.ts';
import { computePolicyLoss, type LossInput, type WeightedTerm } from './policy-loss.ts';
import { scoreRows } from './score-rows.ts';

/** What is constant over one optimizer batch; arrays are [N, T]. */
export interface LossContext {
  readonly policy: Policy;
  readonly batch: ShapedBatch;
  /** those that are in force */
  readonly terms: readonly WeightedTerm[];
  readonly temperature: number;
  readonly tokenWeights: Float32Array;
  /** one per term */
  readonly termWeights: readonly Float32Array[];
  readonly slopes: Float32Array | null;
  /** what the terms need of the recorded columns */
  readonly columns: Readonly<Record<string, Float32Array>>;
}

/** What a micro-batch adds to its optimizer batch. */
export interface RolloutLoss {
  /** share of the loss, all terms included */
  readonly loss: number;
  /** of each term that is no surrogate, its sum over counted tokens before its weight */
  readonly terms: readonly number[];
  /** [n, T'] policy over behavior probability */
  readonly ratio: Float32Array;
}

/** The arrays of a context in the order in which tensors follow those of the tokens. */
function listArrays(context: LossContext): Float32Array[] {
  const { logprobs, credit, tokenMask } = context.batch.perToken;
  const { tokenWeights, termWeights, slopes, columns } = context;
  const optional = slopes === null ? [] : [slopes];
  return [logprobs, credit, tokenMask, tokenWeights, ...termWeights, ...optional, ...Object.values(columns)];
}

/** The loss's input out of tensors in the order of `listArrays`. */
function nameTensors(
  { terms, slopes, columns }: LossContext,
  tensors: readonly tf.Tensor[],
): Omit<LossInput, 'logprobs' | 'entropies'> {
  const [behaviorLogprobs, credit, tokenMask, tokenWeights, ...others] = tensors as readonly tf.Tensor2D[];
  const termWeights = others.splice(0, terms.length);
  const slope = slopes === null ? null : others.shift()!;
  const named = Object.fromEntries(Object.keys(columns).map((name, at) => [name, others[at]!]));
  return {
    behaviorLogprobs: behaviorLogprobs!,
    credit: credit!,
    tokenMask: tokenMask!,
    tokenWeights: tokenWeights!,
    termWeights,
    slopes: slope,
    columns: named,
  };
}

/** Tensors: ids, targets, mask; then those of `listArrays`. Returns the loss, the ratio, and the sum of each term that is no surrogate. */
function createBody(context: LossContext): LossBody {
  const { policy, terms, temperature } = context;
  return (weights, tensors) => {
    const [ids, targets, mask] = tensors as [tf.Tensor1D, tf.Tensor1D, tf.Tensor];
    const named = nameTensors(context, tensors.slice(3));
    const scores = scoreRows(weights, { ids, targets, mask }, { config: policy.config, temperature });
    const found = computePolicyLoss({ ...scores, ...named }, terms);
    const plain = found.terms.filter((_, at) => terms[at]!.part.surrogate === undefined);
    const sums = plain.map((loss) => tf.sum(tf.mul(loss, named.tokenMask)));
    return [tf.sum(found.rows), found.ratio, ...sums];
  };
}

/** Names all that the shapes of tensors do not tell; weights reach the graph as arrays, so schemes that differ in them share recordings. */
function nameBody({ terms, temperature, slopes, columns }: LossContext): string {
  const objective = terms.map(({ part, options }) => [part.name, options]);
  return JSON.stringify([objective, temperature, slopes !== null, Object.keys(columns)]);
}

/** Adds the gradient of a micro-batch's share of the policy loss to `into`. */
export function accumulateRollouts(
  context: LossContext,
  part: MicroBatch,
  into: readonly Float32Array[],
): RolloutLoss {
  const { batch, policy } = context;
  const { tokens, completionLength } = part;
  const [loss, ratio, ...terms] = accumulateGradients({
    policy,
    body: createBody(context),
    key: nameBody(context),
    tensors: [
      tf.tensor1d(takeInputs(tokens), 'int32'),
      tf.tensor1d(shiftTargets(tokens, tokens.promptLength), 'int32'),
      createMask(tokens.promptStarts, tokens.length - 1),
      ...listArrays(context).map((values) =>
        tf.tensor2d(cutColumns(batch, part, values), [tokens.count, completionLength]),
      ),
    ],
    into,
  });
  return { loss: loss![0]!, terms: terms.map((sum) => sum[0]!), ratio: ratio! };
}
