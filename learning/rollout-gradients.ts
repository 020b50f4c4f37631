import * as tf from '@tensorflow/tfjs-core';
import type { PolicyConfig } from '../model/config.ts';
import { accumulateGradients, type LossBody } from './accumulate-gradients.ts';
import { cutColumns, type MicroBatch } from './micro-batches.ts';
import { lossDivisor, policyGradientLoss, type LossDivisors, type LossPlan } from './policy-gradient-loss.ts';
import { createRowTensors, scoreMicroBatch } from './score-micro-batch.ts';
import { scoreRows } from './score-rows.ts';
import type { UpdateCall } from './update-policy.ts';

/** What a micro-batch adds to its optimizer batch: shares of the loss, and sums over masked tokens. */
export interface RolloutSums {
  loss: number;
  kl: number;
  clippedTokens: number;
  ratio: number;
}

interface RolloutGradientCall extends UpdateCall {
  readonly part: MicroBatch;
  /** [N, T]; null: all tokens carry gradient */
  readonly entropyMask: Float32Array | null;
  /** of the whole optimizer batch */
  readonly divisors: LossDivisors;
  /** gradients are added to these */
  readonly into: readonly Float32Array[];
}

/** The divisor differs from batch to batch, so it is an input of the recorded graph and not a number inside it. */
const UNIT_DIVISORS: LossDivisors = { sequences: 1, tokens: 1, maxNewTokens: 1 };

/** Tensors: ids, targets, mask, 1/divisor, behavior logprobs, credit, token mask, [reference logprobs], [entropy mask]. */
function createBody(
  plan: LossPlan,
  call: { config: PolicyConfig; temperature: number; hasEntropyMask: boolean },
): LossBody {
  return (weights, tensors) => {
    const [ids, targets, mask, share, behaviorLogprobs, credit, tokenMask, ...others] = tensors as [
      tf.Tensor1D,
      tf.Tensor1D,
      tf.Tensor,
      tf.Scalar,
      tf.Tensor2D,
      tf.Tensor2D,
      tf.Tensor2D,
      ...tf.Tensor2D[],
    ];
    const { logprobs, entropies } = scoreRows(weights, { ids, targets, mask }, call);
    const result = policyGradientLoss(
      {
        logprobs,
        entropies,
        behaviorLogprobs,
        referenceLogprobs: plan.beta > 0 ? others[0]! : null,
        credit,
        tokenMask,
        entropyMask: call.hasEntropyMask ? others.at(-1)! : null,
      },
      plan,
      UNIT_DIVISORS,
    );
    const { klSum, clippedTokens, ratioSum } = result;
    return [tf.mul(result.loss, share), klSum, clippedTokens, ratioSum];
  };
}

/** Adds the gradient of a micro-batch's share of the policy-gradient loss to `into`. */
export function accumulateRollouts(call: RolloutGradientCall): RolloutSums {
  const { policy, part, batch, scheme, entropyMask } = call;
  const { temperature } = call.training;
  const plan = scheme.loss;
  const { config } = policy;
  const shape: [number, number] = [part.tokens.count, part.completionLength];
  const cut = (values: Float32Array): tf.Tensor2D => tf.tensor2d(cutColumns(batch, part, values), shape);
  const reference =
    plan.beta > 0
      ? [tf.tensor2d(scoreMicroBatch(call.referencePolicy!, part, temperature).logprobs, shape)]
      : [];
  const { ids, targets, mask } = createRowTensors(part);
  const hasEntropyMask = entropyMask !== null;
  const [loss, kl, clippedTokens, ratio] = accumulateGradients({
    policy,
    body: createBody(plan, { config, temperature, hasEntropyMask }),
    key: JSON.stringify([plan, temperature, hasEntropyMask]),
    tensors: [
      ids,
      targets,
      mask,
      tf.scalar(1 / lossDivisor(plan, call.divisors)),
      cut(batch.logprobs),
      cut(batch.credit),
      cut(batch.tokenMask),
      ...reference,
      ...(hasEntropyMask ? [cut(entropyMask)] : []),
    ],
    into: call.into,
  });
  return { loss: loss![0]!, kl: kl![0]!, clippedTokens: clippedTokens![0]!, ratio: ratio![0]! };
}
