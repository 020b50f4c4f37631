import * as tf from '@tensorflow/tfjs-core';
import { scorePrepared } from './forward.ts';
import { toWeights, type Policy } from './policy.ts';
import { canRecord } from './recorded-function.ts';
import { createRecordings } from './recordings.ts';
import { createInputs, shiftTargets, type SequenceInputs, type TokenBatch } from './token-batch.ts';

export interface ScoringCall {
  /** the first column that is scored, at least 1: the prompt length for completions, 1 for whole sequences */
  readonly from: number;
  readonly temperature: number;
  /** rows scored at a time */
  readonly microBatch?: number;
}

/** Scores [N, S − from] float32, row-major, natural logarithms; what stands at padding is finite and means nothing. */
export interface ScoreArrays {
  readonly logprobs: Float32Array;
  readonly entropies: Float32Array;
}

const DEFAULT_MICRO_BATCH = 32;
/** Columns are rounded up to a multiple of this, so that batches of nearly one length share a recording. */
const COLUMN_STEP = 8;
const recordings = createRecordings(16);

/** `count` rows from `begin` on, those past the end empty, padded on the right to `length` columns. */
function takeRows(batch: TokenBatch, begin: number, shape: { count: number; length: number }): TokenBatch {
  const { count, length } = shape;
  const tokens = new Int32Array(count * length);
  const rows = Math.min(count, batch.count - begin);
  for (let row = 0; row < rows; row += 1) {
    const from = (begin + row) * batch.length;
    tokens.set(batch.tokens.subarray(from, from + batch.length), row * length);
  }
  const promptStarts = new Int32Array(count);
  promptStarts.set(batch.promptStarts.subarray(begin, begin + rows));
  const lengths = new Int32Array(count);
  lengths.set(batch.lengths.subarray(begin, begin + rows));
  return { ...batch, count, length, tokens, promptStarts, lengths };
}

/** Scores [2, count·columns] of one micro-batch. */
function scoreRows(
  policy: Policy,
  inputs: SequenceInputs,
  call: { targets: tf.Tensor1D; temperature: number },
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
    const weights = toWeights(policy.config, tensors.slice(early.length));
    return [scorePrepared(weights, read, { targets, temperature: call.temperature })];
  };
  const key = JSON.stringify([policy.config, call.temperature]);
  return recordings.run(key, body, [...early, ...policy.parameters])[0]!;
}

/**
 * Logprobs and entropies of the columns `from` … S − 1 under softmax(logits / temperature), without a gradient; rows in
 * micro-batches, each replayed as one graph where the backend can. For a reference policy, a teacher, a probe.
 */
export function scoreArrays(policy: Policy, batch: TokenBatch, call: ScoringCall): ScoreArrays {
  const { from, temperature } = call;
  const kept = batch.length - from;
  const columns = canRecord() ? Math.ceil(kept / COLUMN_STEP) * COLUMN_STEP : kept;
  const count = Math.min(call.microBatch ?? DEFAULT_MICRO_BATCH, batch.count);
  const logprobs = new Float32Array(batch.count * kept);
  const entropies = new Float32Array(batch.count * kept);
  for (let begin = 0; begin < batch.count; begin += count) {
    const part = takeRows(batch, begin, { count, length: from + columns });
    const inputs = createInputs(policy.config, part, part.length - 1);
    const targets = tf.tensor1d(shiftTargets(part, from), 'int32');
    const scores = scoreRows(policy, inputs, { targets, temperature });
    const values = scores.dataSync() as Float32Array;
    for (let row = 0; row < count && begin + row < batch.count; row += 1) {
      const to = (begin + row) * kept;
      const at = row * columns;
      logprobs.set(values.subarray(at, at + kept), to);
      entropies.set(values.subarray(count * columns + at, count * columns + at + kept), to);
    }
    tf.dispose([scores, targets, inputs.ids, inputs.mask, inputs.cosines, inputs.sines]);
  }
  return { logprobs, entropies };
}
