import * as tf from '@tensorflow/tfjs-core';
import { toWeights, type PolicyWeights } from '../../model/network/parameter-layout.ts';
import { type Policy } from '../../model/network/policy.ts';
import { createRecordings } from '../../model/backends/recordings.ts';

/** More shapes than a run meets. */
const recordings = createRecordings(64);

/**
 * A loss as a function of weights and the tensors of one micro-batch: the scalar that is differentiated, then whatever
 * else is reported. It depends on the tensors and on what the call's key names, nothing else.
 */
export type LossBody = (weights: PolicyWeights, tensors: readonly tf.Tensor[]) => [tf.Scalar, ...tf.Tensor[]];

export interface GradientCall {
  readonly policy: Policy;
  readonly body: LossBody;
  /** names everything `body` does that the policy's config and the tensors' shapes do not tell */
  readonly key: string;
  /** disposed by the call */
  readonly tensors: readonly tf.Tensor[];
  /** gradients are added to these, one per parameter, in the parameters' order */
  readonly into: readonly Float32Array[];
}

/** Zeros to add gradients to, one array per parameter. */
export function createGradientSums(policy: Policy): Float32Array[] {
  return policy.parameters.map(({ size }) => new Float32Array(size));
}

/** What `body` returns, then the gradient of its first value by every parameter. */
function differentiate(
  call: Pick<GradientCall, 'policy' | 'body'>,
  tensors: readonly tf.Tensor[],
  parameters: readonly tf.Tensor[],
): tf.Tensor[] {
  let reported: tf.Tensor[] = [];
  const evaluate = (...values: tf.Tensor[]): tf.Tensor => {
    const [loss, ...others] = call.body(toWeights(call.policy.config, values), tensors);
    // The tape's scope ends before the gradients are taken and would take these with it.
    reported = others.map((tensor) => tf.keep(tensor));
    return loss;
  };
  const { value, grads } = tf.valueAndGrads(evaluate)([...parameters]);
  // Unlike what was kept, copies end with the caller's scope.
  const copies = reported.map((tensor) => tf.clone(tensor));
  tf.dispose(reported);
  return [value, ...copies, ...grads];
}

/** Adds the gradients of a loss by every parameter to `into`; returns the values of what `body` returned, the loss first. */
export function accumulateGradients(call: GradientCall): Float32Array[] {
  const { policy, tensors, into } = call;
  const count = tensors.length;
  const outputs = recordings.run(
    `gradients ${JSON.stringify(policy.config)} ${call.key}`,
    (inputs) => differentiate(call, inputs.slice(0, count), inputs.slice(count)),
    [...tensors, ...policy.parameters],
  );
  const reported = outputs.length - into.length;
  const values = outputs.slice(0, reported).map((tensor) => (tensor.dataSync() as Float32Array).slice());
  into.forEach((sum, index) => {
    const gradient = outputs[reported + index]!.dataSync() as Float32Array;
    for (let i = 0; i < sum.length; i += 1) sum[i]! += gradient[i]!;
  });
  tf.dispose([...outputs, ...tensors]);
  return values;
}
