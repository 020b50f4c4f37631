import * as tf from '@tensorflow/tfjs-core';
import type { OperationAttribute } from './graph-definition.ts';

/** What of the native backend runs an operation of TensorFlow that tfjs itself does not offer. */
interface OperationRunner {
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_FLOAT: number; readonly TF_INT32: number };
  executeSingleOutput(name: string, attributes: OperationAttribute[], inputs: tf.Tensor[]): tf.Tensor;
}

function findRunner(): OperationRunner {
  return tf.backend() as unknown as OperationRunner;
}

/** `tf.reshape` that leaves a −1 in the recorded graph, so that this size may differ from call to call. Float32, native only. */
export function reshapeFreely(tensor: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const runner = findRunner();
  const { TF_ATTR_TYPE: type, TF_FLOAT, TF_INT32 } = runner.binding;
  const attributes = [
    { name: 'T', type, value: TF_FLOAT },
    { name: 'Tshape', type, value: TF_INT32 },
  ];
  return runner.executeSingleOutput('Reshape', attributes, [tensor, tf.tensor1d([...shape], 'int32')]);
}

/**
 * Overwrites rows of `tensor` [R, …] in its own memory with those of `values`; the result shares that memory. Read only the
 * result: TensorFlow does not know that `tensor` has changed. Float32, native on a processor only.
 *
 * @param rows [k] int32
 * @param values [k, …] float32
 */
export function updateRowsInPlace(tensor: tf.Tensor, rows: tf.Tensor, values: tf.Tensor): tf.Tensor {
  const runner = findRunner();
  const { TF_ATTR_TYPE: type, TF_FLOAT } = runner.binding;
  return runner.executeSingleOutput(
    'InplaceUpdate',
    [{ name: 'T', type, value: TF_FLOAT }],
    [tensor, rows, values],
  );
}
