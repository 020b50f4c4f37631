import * as tf from '@tensorflow/tfjs-core';
import type { Policy } from '../../model/network/policy.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import { accumulateGradients } from './accumulate-gradients.ts';
import { toTensors, type MicroBatch } from './micro-batches.ts';
import { computePolicyLoss, readDistributions, type LossColumn, type WeightedTerm } from './policy-loss.ts';
import { scoreRows } from './score-rows.ts';

/** What is constant over one optimizer batch. */
export interface LossContext {
  readonly policy: Policy;
  /** with the columns that the loss reads, see `LossColumns`, and no others */
  readonly batch: RolloutBatch<LossColumn>;
  /** those that are in force */
  readonly terms: readonly WeightedTerm[];
  readonly temperature: number;
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

/** Adds the gradient of a micro-batch's share of the policy loss to `into`. */
export function accumulateRollouts(
  { policy, terms, temperature }: Omit<LossContext, 'batch'>,
  part: MicroBatch<LossColumn>,
  into: readonly Float32Array[],
): RolloutLoss {
  const [loss, ratio, ...sums] = accumulateGradients({
    policy,
    // Weights reach the graph as a column, so schemes that differ in them share recordings.
    key: JSON.stringify([terms.map(({ part: term, options }) => [term.name, options]), temperature]),
    tensors: toTensors(part),
    body: (weights, { ids, targets, mask, ...columns }) => {
      const distributions = readDistributions(terms);
      const call = { config: policy.config, temperature, distributions };
      const scores = scoreRows(weights, { ids, targets, mask }, call);
      const found = computePolicyLoss(scores, columns, terms);
      const plain = found.terms.filter((_, at) => terms[at]!.part.surrogate === undefined);
      const reported = plain.map((term) => tf.sum(tf.mul(term, columns.tokenMask)));
      return [tf.sum(found.rows), found.ratio, ...reported];
    },
    into,
  });
  return { loss: loss![0]!, terms: sums.map((sum) => sum[0]!), ratio: ratio! };
}
