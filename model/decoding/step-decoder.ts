import * as tf from '@tensorflow/tfjs-core';
import {
  appendColumn,
  decodeStep,
  disposeCache,
  selectCacheRows,
  type Cache,
  type ColumnWriter,
  type StepInputs,
} from './decode-step.ts';
import { reshapeFreely, updateRowsInPlace } from '../backends/native-operations.ts';
import { toWeights } from '../network/parameter-layout.ts';
import { type Policy } from '../network/policy.ts';
import {
  canMutate,
  canRecord,
  recordFunction,
  type RecordedFunction,
} from '../backends/recorded-function.ts';
import { createRecordings } from '../backends/recordings.ts';
import { createRotaryTables } from '../network/rotary.ts';

/** Rows that are decoded together, with the keys and values of all columns so far. */
export interface StepDecoder {
  /** Feeds one token per row and returns the logits [N, V] of the next ones; the caller disposes them. */
  step(ids: Int32Array): tf.Tensor2D;
  /** Goes on with the given rows only (with repetition, in this order). */
  select(rows: Int32Array): void;
  dispose(): void;
}

export interface DecoderStart {
  readonly policy: Policy;
  /** of the prompt's columns; disposed by the decoder */
  readonly cache: Cache;
  /** [N]: columns of left padding */
  readonly starts: Int32Array;
  /** the prompt's length */
  readonly column: number;
}

/** In-place caches have room for a multiple of this many columns. */
const COLUMN_CHUNK = 16;
const HIDDEN = -1e9;
/** More shapes than a process meets. */
const recordings = createRecordings(48);

/** 0 where a row may look, very negative on left padding and from `used` on; null when all is seen. */
function createMask(starts: Int32Array, used: number, columns: number): tf.Tensor | null {
  const padded = starts.some((start) => start > 0);
  if (!padded && used === columns) return null;
  const rows = padded ? starts.length : 1;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    values.fill(HIDDEN, row * columns, row * columns + starts[row]!);
    values.fill(HIDDEN, row * columns + used, (row + 1) * columns);
  }
  return tf.tensor4d(values, [rows, 1, 1, columns]);
}

function createStepInputs(
  start: DecoderStart,
  ids: Int32Array,
  at: { column: number; columns: number },
): StepInputs {
  const { cosines, sines } = createRotaryTables(start.policy.config, at.column, 1);
  return {
    ids: tf.tensor1d(ids, 'int32'),
    cosines: tf.tensor1d(cosines),
    sines: tf.tensor1d(sines),
    mask: createMask(start.starts, at.column + 1, at.columns),
  };
}

/** The tensors of a step in the order a recording takes them. */
function listTensors(policy: Policy, cache: Cache, inputs: StepInputs): tf.Tensor[] {
  const mask = inputs.mask === null ? [] : [inputs.mask];
  const { ids, cosines, sines } = inputs;
  return [ids, cosines, sines, ...mask, ...cache.keys, ...cache.values, ...policy.parameters];
}

interface StepCall {
  readonly policy: Policy;
  readonly cache: Cache;
  readonly inputs: StepInputs;
  /** further inputs, which `createWriter` gets */
  readonly extra: readonly tf.Tensor[];
  readonly createWriter: (extra: readonly tf.Tensor[]) => ColumnWriter;
}

/** `decodeStep` as a function of the listed tensors, then `extra`: logits, then the cache's tensors. */
function runStep(call: StepCall, tensors: readonly tf.Tensor[]): tf.Tensor[] {
  const { config } = call.policy;
  const rest = [...tensors];
  const [ids, cosines, sines] = rest.splice(0, 3) as [tf.Tensor1D, tf.Tensor, tf.Tensor];
  const mask = call.inputs.mask === null ? null : rest.shift()!;
  const cache = { keys: rest.splice(0, config.layers), values: rest.splice(0, config.layers) };
  const weights = toWeights(config, rest.splice(0, call.policy.parameters.length));
  const write = call.createWriter(rest);
  const decoded = decodeStep(config, weights, { cache, inputs: { ids, cosines, sines, mask }, write });
  return [decoded.logits, ...decoded.cache.keys, ...decoded.cache.values];
}

/** A recording for every number of columns: nothing in a step depends on it. */
function findRecording(
  call: StepCall,
  kind: string,
  body: (tensors: readonly tf.Tensor[]) => tf.Tensor[],
): RecordedFunction {
  const { policy, inputs } = call;
  const key = JSON.stringify([kind, policy.config, inputs.ids.size, inputs.mask?.shape[0] ?? 0]);
  const examples = [...listTensors(policy, call.cache, inputs), ...call.extra];
  return recordings.find(key, () => recordFunction(body, examples, { freeShapes: true }));
}

/** Appends each column to a copy of the cache; works on every backend. */
function createAppendingDecoder(start: DecoderStart): StepDecoder {
  const { policy } = start;
  const { layers } = policy.config;
  let { cache, starts, column } = start;
  return {
    step: (ids) => {
      const inputs = createStepInputs({ ...start, starts }, ids, { column, columns: column + 1 });
      const call = { policy, cache, inputs, extra: [], createWriter: () => appendColumn };
      const tensors = listTensors(policy, cache, inputs);
      const body = (list: readonly tf.Tensor[]): tf.Tensor[] => runStep(call, list);
      const outputs = canRecord() ? findRecording(call, 'append', body).run(tensors) : body(tensors);
      disposeCache(cache);
      tf.dispose([inputs.ids, inputs.cosines, inputs.sines, inputs.mask ?? []]);
      const [logits, ...cached] = outputs;
      cache = { keys: cached.slice(0, layers), values: cached.slice(layers) };
      column += 1;
      return logits as tf.Tensor2D;
    },
    select: (rows) => {
      const selected = selectCacheRows(cache, rows);
      disposeCache(cache);
      cache = selected;
      starts = rows.map((row) => starts[row]!);
    },
    dispose: () => disposeCache(cache),
  };
}

/** A copy of the cache with room for `columns` columns. */
function widenCache(cache: Cache, columns: number): Cache {
  const [count, heads, used, width] = cache.keys[0]!.shape as [number, number, number, number];
  return tf.tidy(() => {
    // Concatenation copies whole rows, which padding does not.
    const room = tf.zeros<tf.Rank.R4>([count, heads, columns - used, width]);
    const widen = (tensor: tf.Tensor): tf.Tensor => tf.concat([tensor as tf.Tensor4D, room], 2);
    return { keys: cache.keys.map(widen), values: cache.values.map(widen) };
  });
}

/** Writes a column into rows `indices` of a cache seen as [N·keyValueHeads·columns, headWidth]. */
function createOverwriter(indices: tf.Tensor): ColumnWriter {
  return (cached, column) => {
    const [count, heads, , width] = column.shape as [number, number, number, number];
    const flat = reshapeFreely(cached, [-1, width]);
    const written = updateRowsInPlace(flat, indices, tf.reshape(column, [count * heads, width]));
    return reshapeFreely(written, [count, heads, -1, width]);
  };
}

/** Where column `column` of each row and head stands in a cache seen as [N·keyValueHeads·columns, headWidth]. */
function locateColumn(rows: number, at: { column: number; columns: number }): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => row * at.columns + at.column);
}

/** Writes each column into the cache itself, which saves copying all of it for every token. */
function createOverwritingDecoder(start: DecoderStart): StepDecoder {
  const { policy } = start;
  let { cache, starts, column } = start;
  const replaceCache = (next: Cache): void => {
    disposeCache(cache);
    cache = next;
  };
  return {
    step: (ids) => {
      let columns = cache.keys[0]!.shape[2]!;
      if (column >= columns) {
        columns = (Math.floor(column / COLUMN_CHUNK) + 1) * COLUMN_CHUNK;
        replaceCache(widenCache(cache, columns));
      }
      const inputs = createStepInputs({ ...start, starts }, ids, { column, columns });
      const heads = policy.config.keyValueHeads;
      const indices = tf.tensor1d(locateColumn(ids.length * heads, { column, columns }), 'int32');
      const createWriter = ([given]: readonly tf.Tensor[]): ColumnWriter => createOverwriter(given!);
      const call = { policy, cache, inputs, extra: [indices], createWriter };
      const body = (list: readonly tf.Tensor[]): tf.Tensor[] => runStep(call, list).slice(0, 1);
      const [logits] = findRecording(call, 'overwrite', body).run([
        ...listTensors(policy, cache, inputs),
        indices,
      ]);
      tf.dispose([indices, inputs.ids, inputs.cosines, inputs.sines, inputs.mask ?? []]);
      column += 1;
      return logits as tf.Tensor2D;
    },
    select: (rows) => {
      replaceCache(selectCacheRows(cache, rows));
      starts = rows.map((row) => starts[row]!);
    },
    dispose: () => disposeCache(cache),
  };
}

/** A decoder that goes on after a prompt, in the quickest way the backend has. */
export function createStepDecoder(start: DecoderStart): StepDecoder {
  return canMutate() ? createOverwritingDecoder(start) : createAppendingDecoder(start);
}
