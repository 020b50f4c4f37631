import * as tf from '@tensorflow/tfjs-core';
import { toWeights, type PolicyWeights } from './parameter-layout.ts';
import { type Policy } from './policy.ts';
import { canRecord } from '../backends/recorded-function.ts';
import { createRecordings } from '../backends/recordings.ts';
import { requireBatchIds } from './token-ids.ts';
import { createInputs, shiftTargets, widthOf, type SequenceInputs, type TokenBatch } from './token-batch.ts';

/** A score of columns: what is recorded as one graph where the backend can. */
export interface ColumnScore {
  /** names everything `score` does that the policy's config and the shapes do not tell */
  readonly key: string;
  /** how many numbers a column gets */
  readonly outputs: number;
  /** [outputs, M] of the M target columns, the last of the inputs' shifted by one */
  readonly score: (weights: PolicyWeights, inputs: SequenceInputs, targets: tf.Tensor1D) => tf.Tensor;
}

const DEFAULT_MICRO_BATCH = 32;
/** Columns are rounded up to a multiple of this, so that batches of nearly one length share a recording. */
const COLUMN_STEP = 8;
const recordings = createRecordings(16);

/** `count` rows from `begin` on, those past the end empty, padded on the right to `length` columns. */
function takeRows(batch: TokenBatch, begin: number, shape: { count: number; length: number }): TokenBatch {
  const { count, length } = shape;
  const width = widthOf(batch);
  const tokens = new Int32Array(count * length);
  const rows = Math.min(count, batch.count - begin);
  for (let row = 0; row < rows; row += 1) {
    const from = (begin + row) * width;
    tokens.set(batch.tokens.subarray(from, from + width), row * length);
  }
  const promptStarts = new Int32Array(count);
  promptStarts.set(batch.promptStarts.subarray(begin, begin + rows));
  const completionLengths = new Int32Array(count);
  completionLengths.set(batch.completionLengths.subarray(begin, begin + rows));
  const { promptLength } = batch;
  const completionLength = length - promptLength;
  return { count, promptLength, completionLength, tokens, promptStarts, completionLengths };
}

/** Scores [outputs, count·columns] of one micro-batch. */
function scoreRows(
  policy: Policy,
  inputs: SequenceInputs,
  call: { targets: tf.Tensor1D; column: ColumnScore },
): tf.Tensor {
  const { ids, mask, cosines, sines } = inputs;
  const early = [ids, mask, cosines, sines, call.targets];
  const body = (tensors: readonly tf.Tensor[]): tf.Tensor[] => {
    const [bodyIds, bodyMask, bodyCosines, bodySines, targets] = tensors as [
      tf.Tensor1D,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor1D,
    ];
    const read = { ...inputs, ids: bodyIds, mask: bodyMask, cosines: bodyCosines, sines: bodySines };
    return [call.column.score(toWeights(policy.config, tensors.slice(early.length)), read, targets)];
  };
  const key = JSON.stringify([policy.config, call.column.key]);
  return recordings.run(key, body, [...early, ...policy.parameters])[0]!;
}

/**
 * Scores of the tokens of all completions without a gradient; rows in micro-batches, each replayed as one graph where the
 * backend can.
 *
 * @param call.microBatch rows scored at a time; 32 unless told
 * @returns one array [N, T] float32 per output, row-major; what stands at padding is finite and means nothing
 * @throws UnknownTokenIdError
 */
export function scoreColumns(
  policy: Policy,
  batch: TokenBatch,
  call: { readonly microBatch?: number | undefined; readonly column: ColumnScore },
): Float32Array[] {
  const { column } = call;
  const { promptLength: from, completionLength: kept } = batch;
  requireBatchIds(batch, policy.config.vocabularySize);
  const columns = canRecord() ? Math.ceil(kept / COLUMN_STEP) * COLUMN_STEP : kept;
  const count = Math.min(call.microBatch ?? DEFAULT_MICRO_BATCH, batch.count);
  const outputs = Array.from({ length: column.outputs }, () => new Float32Array(batch.count * kept));
  for (let begin = 0; begin < batch.count; begin += count) {
    const part = takeRows(batch, begin, { count, length: from + columns });
    const inputs = createInputs(policy.config, part, widthOf(part) - 1);
    const targets = tf.tensor1d(shiftTargets(part, from), 'int32');
    const scores = scoreRows(policy, inputs, { targets, column });
    const values = scores.dataSync() as Float32Array;
    for (let row = 0; row < count && begin + row < batch.count; row += 1) {
      outputs.forEach((output, index) => {
        const at = (index * count + row) * columns;
        output.set(values.subarray(at, at + kept), (begin + row) * kept);
      });
    }
    tf.dispose([scores, targets, inputs.ids, inputs.mask, inputs.cosines, inputs.sines]);
  }
  return outputs;
}
