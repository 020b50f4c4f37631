import * as tf from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import { uniformAt, type Stream } from '../random/streams.ts';
import { decodeStep, disposeCache, prefillCache, selectCacheRows, type Cache } from './decode-step.ts';
import type { Policy } from './policy.ts';
import { chooseToken } from './token-choice.ts';

/** What a rollout's draws are derived from, beside stream, step and token position. */
export interface RolloutCounters {
  readonly problem: number;
  readonly sample: number;
}

export interface SampleCall {
  readonly policy: Policy;
  /** [N] prompts as token ids, each at least one token; equal prompts share their prefill */
  readonly prompts: readonly Int32Array[];
  /** [N] */
  readonly counters: readonly RolloutCounters[];
  readonly stream: Stream;
  readonly step: number;
  readonly maxNewTokens: number;
  /** 0 takes the most likely token */
  readonly temperature: number;
  /** null: no token ends a completion */
  readonly endId: number | null;
  readonly padId: number;
  /** awaited after every token; the place for heartbeats */
  readonly onYield?: () => Promise<void> | void;
  readonly signal?: AbortSignal;
  /** rollouts advanced together; the default suits caches of a few megabytes */
  readonly microBatch?: number;
  /** a micro-batch drops finished rows when at most this fraction is still running */
  readonly compactBelow?: number;
}

/** N rollouts with T completion columns; arrays are row-major. */
export interface RolloutBatch {
  readonly count: number;
  /** P */
  readonly promptLength: number;
  /** T, the longest completion */
  readonly completionLength: number;
  /** [N, P + T]: prompts padded on the left, completions on the right, with the pad token */
  readonly tokens: Int32Array;
  /** [N]: columns of left padding */
  readonly promptStarts: Int32Array;
  /** [N]: sampled tokens, the end token included */
  readonly completionLengths: Int32Array;
  /** [N]: 1 = closed by the end token, 0 = truncated */
  readonly finished: Uint8Array;
  /** [N, T]: behavior logprobs at the sampling temperature (at 1 when greedy); 0 on padding */
  readonly logprobs: Float32Array;
  /** [N, T]: of the distribution sampled from; 0 on padding */
  readonly entropies: Float32Array;
}

const DEFAULT_MICRO_BATCH = 128;
const DEFAULT_COMPACT_BELOW = 0.75;

/** The completions of one row while it grows. */
interface Row {
  readonly index: number;
  readonly tokens: number[];
  readonly logprobs: number[];
  readonly entropies: number[];
  finished: boolean;
}

interface PaddedPrompts {
  /** [K, P] distinct prompts */
  readonly tokens: Int32Array;
  readonly starts: Int32Array;
  /** [rows]: which distinct prompt each row has */
  readonly rows: Int32Array;
  readonly count: number;
}

/** The distinct prompts among `prompts`, padded on the left to `length`. */
function padPrompts(prompts: readonly Int32Array[], length: number, padId: number): PaddedPrompts {
  const distinct = new Map<string, number>();
  const kept: Int32Array[] = [];
  const rows = Int32Array.from(prompts, (prompt) => {
    const key = prompt.join();
    const known = distinct.get(key);
    if (known !== undefined) return known;
    distinct.set(key, kept.length);
    return kept.push(prompt) - 1;
  });
  const tokens = new Int32Array(kept.length * length).fill(padId);
  kept.forEach((prompt, row) => tokens.set(prompt, (row + 1) * length - prompt.length));
  return {
    tokens,
    starts: Int32Array.from(kept, (prompt) => length - prompt.length),
    rows,
    count: kept.length,
  };
}

/** [1, N, 1, columns] additive mask for decoding; null when no row is padded. */
function createStepMask(starts: Int32Array, columns: number): tf.Tensor | null {
  if (!starts.some((start) => start > 0)) return null;
  const mask = new Float32Array(starts.length * columns);
  starts.forEach((start, row) => mask.fill(-1e9, row * columns, row * columns + start));
  return tf.tensor4d(mask, [1, starts.length, 1, columns]);
}

function checkCall(call: SampleCall): void {
  if (call.prompts.length !== call.counters.length) {
    throw new RangeError(
      `${call.prompts.length} prompts need as many counters, found ${call.counters.length}`,
    );
  }
  const empty = call.prompts.findIndex((prompt) => prompt.length === 0);
  if (empty >= 0) throw new RangeError(`prompt ${empty} is empty; begin it with at least one token`);
  if (!(call.maxNewTokens >= 1)) {
    throw new RangeError(`maxNewTokens must be at least 1, found ${call.maxNewTokens}`);
  }
  if (!(call.temperature >= 0)) {
    throw new RangeError(`the temperature must be 0 or more, found ${call.temperature}`);
  }
}

/** Chooses the next token of each live row from logits [live, V]; returns the ids to feed, one per row. */
function extendRows(call: SampleCall, rows: readonly Row[], logits: tf.Tensor2D): Int32Array {
  const values = logits.dataSync();
  const masses = new Float64Array(logits.shape[1]);
  const position = Math.max(...rows.map((row) => (row.finished ? 0 : row.tokens.length)));
  return Int32Array.from(rows, (row, at) => {
    if (row.finished) return call.padId;
    const { problem, sample } = call.counters[row.index]!;
    const uniform = call.temperature === 0 ? 0 : uniformAt(call.stream, call.step, problem, sample, position);
    const choice = chooseToken(values as Float32Array, at, {
      temperature: call.temperature,
      uniform,
      masses,
    });
    row.tokens.push(choice.token);
    row.logprobs.push(choice.logprob);
    row.entropies.push(choice.entropy);
    row.finished = choice.token === call.endId;
    return choice.token;
  });
}

interface MicroBatch {
  rows: Row[];
  cache: Cache;
  starts: Int32Array;
  /** [rows]: the token each row was last given */
  ids: Int32Array;
}

/** Drops finished rows once they are many enough to pay for copying the cache. */
function compact(batch: MicroBatch, compactBelow: number): void {
  const live = batch.rows.flatMap((row, at) => (row.finished ? [] : [at]));
  if (live.length > compactBelow * batch.rows.length) return;
  batch.rows = live.map((at) => batch.rows[at]!);
  batch.starts = Int32Array.from(live, (at) => batch.starts[at]!);
  batch.ids = Int32Array.from(live, (at) => batch.ids[at]!);
  batch.cache = selectCacheRows(batch.cache, Int32Array.from(live));
}

async function pause(call: SampleCall): Promise<void> {
  await setImmediate();
  await call.onYield?.();
  call.signal?.throwIfAborted();
}

/** Prefills the distinct prompts of some rows and chooses each row's first token. */
function startMicroBatch(call: SampleCall, rows: Row[], promptLength: number): MicroBatch {
  const { config, weights } = call.policy;
  const prompts = padPrompts(
    rows.map((row) => call.prompts[row.index]!),
    promptLength,
    call.padId,
  );
  const { logits, cache } = prefillCache(config, weights, {
    count: prompts.count,
    length: promptLength,
    promptLength,
    tokens: prompts.tokens,
    promptStarts: prompts.starts,
    lengths: new Int32Array(prompts.count).fill(promptLength),
  });
  const spread = tf.tidy(() => tf.gather(logits, tf.tensor1d(prompts.rows, 'int32')));
  const ids = extendRows(call, rows, spread);
  tf.dispose([logits, spread]);
  return {
    rows,
    ids,
    starts: prompts.rows.map((prompt) => prompts.starts[prompt]!),
    cache: selectCacheRows(cache, prompts.rows),
  };
}

async function sampleMicroBatch(call: SampleCall, rows: Row[], promptLength: number): Promise<void> {
  const { config, weights } = call.policy;
  const batch = startMicroBatch(call, rows, promptLength);
  try {
    for (let column = promptLength; column < promptLength + call.maxNewTokens - 1; column += 1) {
      await pause(call);
      if (batch.rows.every((row) => row.finished)) return;
      compact(batch, call.compactBelow ?? DEFAULT_COMPACT_BELOW);
      const mask = createStepMask(batch.starts, column + 1);
      const logits = decodeStep(config, weights, {
        cache: batch.cache,
        ids: batch.ids,
        position: column,
        mask,
      });
      mask?.dispose();
      batch.ids = extendRows(call, batch.rows, logits);
      logits.dispose();
    }
  } finally {
    disposeCache(batch.cache);
  }
}

function collectRollouts(call: SampleCall, rows: readonly Row[], promptLength: number): RolloutBatch {
  const count = rows.length;
  const completionLength = Math.max(...rows.map((row) => row.tokens.length));
  const length = promptLength + completionLength;
  const tokens = new Int32Array(count * length).fill(call.padId);
  const logprobs = new Float32Array(count * completionLength);
  const entropies = new Float32Array(count * completionLength);
  rows.forEach((row, index) => {
    const prompt = call.prompts[index]!;
    tokens.set(prompt, index * length + promptLength - prompt.length);
    tokens.set(row.tokens, index * length + promptLength);
    logprobs.set(row.logprobs, index * completionLength);
    entropies.set(row.entropies, index * completionLength);
  });
  return {
    count,
    promptLength,
    completionLength,
    tokens,
    promptStarts: Int32Array.from(call.prompts, (prompt) => promptLength - prompt.length),
    completionLengths: Int32Array.from(rows, (row) => row.tokens.length),
    finished: Uint8Array.from(rows, (row) => Number(row.finished)),
    logprobs,
    entropies,
  };
}

/**
 * Samples one completion per prompt with a key/value cache. Draws are `uniformAt(stream, step, problem, sample, position)`,
 * so that a rollout does not depend on the rollouts sampled beside it. Yields to the event loop after every token.
 *
 * @throws NonFiniteLogitsError when the policy has diverged
 * @throws the signal's reason when aborted
 */
export async function sampleCompletions(call: SampleCall): Promise<RolloutBatch> {
  checkCall(call);
  const promptLength = Math.max(...call.prompts.map((prompt) => prompt.length));
  const rows: Row[] = call.prompts.map((_, index) => ({
    index,
    tokens: [],
    logprobs: [],
    entropies: [],
    finished: false,
  }));
  const size = call.microBatch ?? DEFAULT_MICRO_BATCH;
  for (let begin = 0; begin < rows.length; begin += size) {
    await sampleMicroBatch(call, rows.slice(begin, begin + size), promptLength);
  }
  return collectRollouts(call, rows, promptLength);
}
