import * as tf from '@tensorflow/tfjs-core';
import { scorePrepared } from './forward.ts';
import { toWeights, type Policy } from './policy.ts';
import { canRecord, recordHalves, type RecordedHalves } from './recorded-function.ts';
import { createInputs, shiftTargets, type SequenceInputs, type TokenBatch } from './token-batch.ts';

export interface ScoringCall {
  /** the first column that is scored, at least 1: the prompt length for completions, 1 for whole sequences */
  readonly from: number;
  readonly temperature: number;
}

/** Scores of a batch, and the way back from a loss of them to the policy's parameters. Disposing it is the caller's. */
export interface ScoringPass {
  /** [N, S − from] float32, row-major, nats; what stands at padding is finite and means nothing */
  readonly logprobs: Float32Array;
  /** [N, S − from] float32 */
  readonly entropies: Float32Array;
  /**
   * Gradients of the loss by parameter, in the parameters' order, from its gradients by logprob and entropy, [N, S − from]
   * each. The parameters must still be those that were scored.
   */
  backward(byLogprob: Float32Array, byEntropy: Float32Array): Float32Array[];
  dispose(): void;
}

/** The tensors of one batch, in the order in which recordings take them. */
interface Prepared {
  readonly inputs: SequenceInputs;
  readonly targets: tf.Tensor1D;
}

const recordings = new Map<string, RecordedHalves>();
/** Shapes kept at a time; the oldest goes first. */
const MAX_RECORDINGS = 16;
/** Recorded columns are a multiple of this, so that batches of nearly one length share a recording. */
const COLUMN_STEP = 8;

function prepare(policy: Policy, batch: TokenBatch, from: number): Prepared {
  return {
    inputs: createInputs(policy.config, batch, batch.length - 1),
    targets: tf.tensor1d(shiftTargets(batch, from), 'int32'),
  };
}

function listPrepared({ inputs, targets }: Prepared): tf.Tensor[] {
  return [inputs.ids, inputs.mask, inputs.cosines, inputs.sines, targets];
}

/** Right padding to a rounded number of scored columns. */
function padColumns(batch: TokenBatch, from: number): TokenBatch {
  const length = from + Math.ceil((batch.length - from) / COLUMN_STEP) * COLUMN_STEP;
  if (length === batch.length) return batch;
  const tokens = new Int32Array(batch.count * length);
  for (let row = 0; row < batch.count; row += 1) {
    tokens.set(batch.tokens.subarray(row * batch.length, (row + 1) * batch.length), row * length);
  }
  return { ...batch, length, tokens };
}

/** The first `kept` of each row's `columns`, as a copy. */
function cropColumns(values: Float32Array, columns: number, kept: number): Float32Array {
  const rows = values.length / columns;
  const cropped = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row += 1) {
    cropped.set(values.subarray(row * columns, row * columns + kept), row * kept);
  }
  return cropped;
}

/** The inverse of `cropColumns`, with zeros. */
function extendColumns(values: Float32Array, kept: number, columns: number): Float32Array {
  const rows = values.length / kept;
  const extended = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    extended.set(values.subarray(row * kept, (row + 1) * kept), row * columns);
  }
  return extended;
}

/** [2, N·T]: logprobs, then entropies (or gradients by them). */
function stack(logprobs: Float32Array, entropies: Float32Array): tf.Tensor2D {
  const values = new Float32Array(2 * logprobs.length);
  values.set(logprobs);
  values.set(entropies, logprobs.length);
  return tf.tensor2d(values, [2, logprobs.length]);
}

function readGradients(tensors: tf.Tensor[]): Float32Array[] {
  const gradients = tensors.map((tensor) => tensor.dataSync() as Float32Array);
  tf.dispose(tensors);
  return gradients;
}

function recordScoring(policy: Policy, prepared: Prepared, call: ScoringCall): RecordedHalves {
  const { config, count, length } = prepared.inputs;
  const body = (tensors: readonly tf.Tensor[]): tf.Tensor[] => {
    const [ids, mask, cosines, sines, targets] = tensors as [
      tf.Tensor1D,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor1D,
    ];
    const gradient = tensors.at(-1)!;
    const inputs = { config, count, length, ids, mask, cosines, sines };
    const score = (...weights: tf.Tensor[]): tf.Tensor =>
      scorePrepared(toWeights(config, weights), inputs, { targets, temperature: call.temperature });
    const { value, grads } = tf.valueAndGrads(score)(tensors.slice(5, -1), gradient);
    return [value, ...grads];
  };
  const gradient = tf.zeros([2, prepared.targets.size]);
  const early = [...listPrepared(prepared), ...policy.parameters];
  try {
    return recordHalves(body, [...early, gradient], early.length);
  } finally {
    gradient.dispose();
  }
}

function findRecording(policy: Policy, prepared: Prepared, call: ScoringCall): RecordedHalves {
  const { count, length, mask } = prepared.inputs;
  const key = JSON.stringify([
    policy.config,
    count,
    length,
    prepared.targets.size,
    mask.shape,
    call.temperature,
  ]);
  let recording = recordings.get(key);
  if (recording === undefined) {
    recording = recordScoring(policy, prepared, call);
    const [oldest] = recordings.keys();
    if (recordings.size >= MAX_RECORDINGS && oldest !== undefined) {
      recordings.get(oldest)?.dispose();
      recordings.delete(oldest);
    }
    recordings.set(key, recording);
  }
  return recording;
}

function startRecordedPass(policy: Policy, batch: TokenBatch, call: ScoringCall): ScoringPass {
  const padded = padColumns(batch, call.from);
  const kept = batch.length - call.from;
  const columns = padded.length - call.from;
  const prepared = prepare(policy, padded, call.from);
  const recording = findRecording(policy, prepared, call);
  const early = [...listPrepared(prepared), ...policy.parameters];
  const { outputs, carried } = recording.runEarly(early);
  const scores = outputs[0]!.dataSync() as Float32Array;
  const half = scores.length / 2;
  return {
    logprobs: cropColumns(scores.subarray(0, half), columns, kept),
    entropies: cropColumns(scores.subarray(half), columns, kept),
    backward: (byLogprob, byEntropy) => {
      const gradient = stack(
        extendColumns(byLogprob, kept, columns),
        extendColumns(byEntropy, kept, columns),
      );
      const gradients = readGradients(recording.runLate(early, carried, [gradient]));
      gradient.dispose();
      return gradients;
    },
    dispose: () => tf.dispose([listPrepared(prepared), outputs, carried]),
  };
}

/** Without recordings the way back computes the scores once more: tfjs takes value and gradient in one go. */
function startPlainPass(policy: Policy, batch: TokenBatch, call: ScoringCall): ScoringPass {
  const prepared = prepare(policy, batch, call.from);
  const { inputs, targets } = prepared;
  const score = (...weights: tf.Tensor[]): tf.Tensor =>
    scorePrepared(toWeights(policy.config, weights), inputs, { targets, temperature: call.temperature });
  const scores = tf.tidy(() => score(...policy.parameters).dataSync()) as Float32Array;
  return {
    logprobs: scores.slice(0, scores.length / 2),
    entropies: scores.slice(scores.length / 2),
    backward: (byLogprob, byEntropy) => {
      const gradient = stack(byLogprob, byEntropy);
      const gradients = tf.tidy(() => readGradients(tf.grads(score)([...policy.parameters], gradient)));
      gradient.dispose();
      return gradients;
    },
    dispose: () => tf.dispose(listPrepared(prepared)),
  };
}

/**
 * Scores the columns `from` … S − 1 of a batch and keeps what the gradient needs. This is the fast way to learn: the loss is
 * arithmetic on arrays, and the native library replays the whole network as one graph.
 *
 * @example
 * const pass = startScoringPass(policy, batch, { from: batch.promptLength, temperature: 1 });
 * const gradients = pass.backward(lossByLogprob(pass.logprobs), new Float32Array(pass.entropies.length));
 * pass.dispose();
 */
export function startScoringPass(policy: Policy, batch: TokenBatch, call: ScoringCall): ScoringPass {
  return canRecord() ? startRecordedPass(policy, batch, call) : startPlainPass(policy, batch, call);
}
