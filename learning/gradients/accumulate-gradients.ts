import * as tf from '@tensorflow/tfjs-core';
import { toWeights, type PolicyWeights } from '../../model/network/parameter-layout.ts';
import { type Policy } from '../../model/network/policy.ts';
import { createRecordings } from '../../model/backends/recordings.ts';

/** More shapes than a run meets. */
const recordings = createRecordings(64);

/**
 * A loss as a function of weights and the tensors of one micro-batch, by name: the scalar that is differentiated, then whatever
 * else is reported. It depends on the tensors and on what the call's key names, nothing else.
 */
type LossBody<Tensors> = (weights: PolicyWeights, tensors: Tensors) => [tf.Scalar, ...tf.Tensor[]];

export interface GradientCall<Tensors> {
  readonly policy: Policy;
  readonly body: LossBody<Tensors>;
  /** names everything `body` does that the policy's config and the tensors' names and shapes do not tell */
  readonly key: string;
  /** disposed by the call */
  readonly tensors: Tensors;
  /** gradients are added to these, one per parameter, in the parameters' order */
  readonly into: readonly Float32Array[];
}

/** Zeros to add gradients to, one array per parameter. */
export function createGradientSums(policy: Policy): Float32Array[] {
  return policy.parameters.map(({ size }) => new Float32Array(size));
}

/** What `loss` returns, then the gradient of its first value by every parameter. */
function differentiate(
  call: { readonly policy: Policy; readonly loss: (weights: PolicyWeights) => [tf.Scalar, ...tf.Tensor[]] },
  parameters: readonly tf.Tensor[],
): tf.Tensor[] {
  let reported: tf.Tensor[] = [];
  const evaluate = (...values: tf.Tensor[]): tf.Tensor => {
    const [loss, ...others] = call.loss(toWeights(call.policy.config, values));
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
export function accumulateGradients<Tensors extends Readonly<Record<string, tf.Tensor>>>(
  call: GradientCall<Tensors>,
): Float32Array[] {
  const { policy, body, into } = call;
  const names = Object.keys(call.tensors);
  const tensors = Object.values<tf.Tensor>(call.tensors);
  const outputs = recordings.run(
    `gradients ${JSON.stringify([policy.config, names])} ${call.key}`,
    (inputs) => {
      const named = Object.fromEntries(names.map((name, at) => [name, inputs[at]!])) as Tensors;
      const parameters = inputs.slice(names.length);
      return differentiate({ policy, loss: (weights) => body(weights, named) }, parameters);
    },
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
