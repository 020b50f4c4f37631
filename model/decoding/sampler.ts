import * as tf from '@tensorflow/tfjs-core';
import { setImmediate } from 'node:timers/promises';
import { uniformAt, type Stream } from '../../random/streams.ts';
import {
  AUTHORS,
  createLineage,
  type Columns,
  type RolloutBatch,
  type SampledColumn,
} from '../../rollouts/rollout-batch.ts';
import { disposeCache, prefillCache, selectCacheRows } from './decode-step.ts';
import type { Policy } from '../network/policy.ts';
import { checkSteering, silenceBanned, type Steering } from './steered-rows.ts';
import { createStepDecoder, type StepDecoder } from './step-decoder.ts';
import { chooseToken } from './token-choice.ts';
import { requireTokenIds } from '../network/token-ids.ts';

/** What a rollout's draws are derived from, beside stream, step and token position. */
export interface RolloutCounters {
  /** also the group that the rollout belongs to */
  readonly problem: number;
  readonly sample: number;
}

export interface SampleCall extends Steering {
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
  /** whether the batch is to hold disparities */
  readonly recordsDisparities?: boolean;
  /** awaited after every token; the place for heartbeats */
  readonly onYield?: () => Promise<void> | void;
  readonly signal?: AbortSignal;
  /** rollouts advanced together; 256 unless told: more rows per operation, fewer operations */
  readonly microBatch?: number;
  /** a micro-batch drops finished rows when at most this fraction is still running */
  readonly compactBelow?: number;
}

const DEFAULT_MICRO_BATCH = 256;
const DEFAULT_COMPACT_BELOW = 0.75;

/** The completions of one row while it grows. */
interface Row {
  readonly index: number;
  readonly tokens: number[];
  readonly logprobs: number[];
  readonly entropies: number[];
  readonly disparities: number[];
  readonly authors: number[];
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

/** The smallest of 8, 12, 16, 24, 32, 48, … that holds `count` rows: few sizes, so that recordings are used again. */
function roundRows(count: number): number {
  let size = 8;
  while (size < count) size = Number.isInteger(Math.log2(size)) ? size * 1.5 : (size / 3) * 4;
  return size;
}

/** The distinct prompts among `prompts`, padded on the left to `length`; the first again up to a rounded number. */
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
  const size = roundRows(kept.length);
  while (kept.length < size) kept.push(kept[0]!);
  const tokens = new Int32Array(size * length).fill(padId);
  kept.forEach((prompt, row) => tokens.set(prompt, (row + 1) * length - prompt.length));
  return {
    tokens,
    starts: Int32Array.from(kept, (prompt) => length - prompt.length),
    rows,
    count: size,
  };
}

function checkCall(call: SampleCall): void {
  if (call.prompts.length !== call.counters.length) {
    throw new RangeError(
      `${call.prompts.length} prompts need as many counters, found ${call.counters.length}`,
    );
  }
  const empty = call.prompts.findIndex((prompt) => prompt.length === 0);
  if (empty >= 0) throw new RangeError(`prompt ${empty} is empty; begin it with at least one token`);
  const { vocabularySize } = call.policy.config;
  call.prompts.forEach((prompt, index) =>
    requireTokenIds(prompt, vocabularySize, (at) => `token ${at} of prompt ${index}`),
  );
  if (!(call.maxNewTokens >= 1)) {
    throw new RangeError(`maxNewTokens must be at least 1, found ${call.maxNewTokens}`);
  }
  if (!(call.temperature >= 0)) {
    throw new RangeError(`the temperature must be 0 or more, found ${call.temperature}`);
  }
  checkSteering({ ...call, count: call.prompts.length, vocabularySize });
}

/** Chooses the next token of each unfinished row from logits [rows, V]; returns the ids to feed, one per row. */
function extendRows(call: SampleCall, rows: readonly Row[], logits: tf.Tensor2D): Int32Array {
  const values = silenceBanned(logits.dataSync() as Float32Array, rows, call.banned);
  const masses = new Float64Array(logits.shape[1]);
  return Int32Array.from(rows, (row, at) => {
    if (row.finished) return call.padId;
    const { problem, sample } = call.counters[row.index]!;
    const { temperature } = call;
    const position = row.tokens.length;
    const uniform = temperature === 0 ? 0 : uniformAt(call.stream, call.step, problem, sample, position);
    const forced = call.forced?.[row.index]?.[position];
    const choice = chooseToken(values, at, { temperature, uniform, masses, forced });
    row.tokens.push(choice.token);
    row.logprobs.push(choice.logprob);
    row.entropies.push(choice.entropy);
    row.disparities.push(choice.disparity);
    row.authors.push(forced === undefined ? AUTHORS.policy : AUTHORS.forced);
    row.finished = choice.token === call.endId;
    return choice.token;
  });
}

/** Rows that advance together; those past the unfinished ones only fill up to a size that has been recorded before. */
interface MicroBatch {
  rows: Row[];
  readonly decoder: StepDecoder;
  /** [rows]: the token each row was last given */
  ids: Int32Array;
}

/** `rows` and finished ones up to a rounded size. */
function fillRows(rows: readonly Row[]): Row[] {
  const filler = Array.from({ length: roundRows(rows.length) - rows.length }, () => ({
    ...rows[0]!,
    finished: true,
  }));
  return [...rows, ...filler];
}

/** Drops finished rows once they are many enough to pay for copying the cache. */
function compact(batch: MicroBatch, compactBelow: number): void {
  const order = [...batch.rows.keys()].sort(
    (a, b) => Number(batch.rows[a]!.finished) - Number(batch.rows[b]!.finished) || a - b,
  );
  const size = roundRows(batch.rows.filter((row) => !row.finished).length);
  if (size > compactBelow * batch.rows.length) return;
  const kept = Int32Array.from(order.slice(0, size));
  batch.rows = Array.from(kept, (at) => batch.rows[at]!);
  batch.ids = kept.map((at) => batch.ids[at]!);
  batch.decoder.select(kept);
}

/** Prefills the distinct prompts of some rows and chooses each row's first token. */
function startMicroBatch(call: SampleCall, rows: Row[], promptLength: number): MicroBatch {
  const prompts = padPrompts(
    rows.map((row) => call.prompts[row.index]!),
    promptLength,
    call.padId,
  );
  const { logits, cache } = prefillCache(call.policy, {
    count: prompts.count,
    promptLength,
    completionLength: 0,
    tokens: prompts.tokens,
    promptStarts: prompts.starts,
    completionLengths: new Int32Array(prompts.count),
  });
  const spread = tf.tidy(() => tf.gather(logits, tf.tensor1d(prompts.rows, 'int32')));
  const ids = extendRows(call, rows, spread);
  tf.dispose([logits, spread]);
  const decoder = createStepDecoder({
    policy: call.policy,
    cache: selectCacheRows(cache, prompts.rows),
    starts: prompts.rows.map((prompt) => prompts.starts[prompt]!),
    column: promptLength,
  });
  disposeCache(cache);
  return { rows, ids, decoder };
}

function advance(call: SampleCall, batch: MicroBatch): void {
  const logits = batch.decoder.step(batch.ids);
  batch.ids = extendRows(call, batch.rows, logits);
  logits.dispose();
}

async function pause(call: SampleCall): Promise<void> {
  await setImmediate();
  await call.onYield?.();
  call.signal?.throwIfAborted();
}

async function sampleMicroBatch(call: SampleCall, rows: readonly Row[], promptLength: number): Promise<void> {
  const batch = startMicroBatch(call, fillRows(rows), promptLength);
  try {
    for (let token = 1; token < call.maxNewTokens; token += 1) {
      await pause(call);
      if (batch.rows.every((row) => row.finished)) return;
      compact(batch, call.compactBelow ?? DEFAULT_COMPACT_BELOW);
      advance(call, batch);
    }
  } finally {
    batch.decoder.dispose();
  }
}

/** [N, T] of one list per row, 0 on padding. */
function padColumn(rows: readonly (readonly number[])[], width: number): Float32Array {
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, index) => values.set(row, index * width));
  return values;
}

function collectColumns(
  call: SampleCall,
  rows: readonly Row[],
  width: number,
): Columns<SampledColumn, 'disparities'> {
  const column = (name: 'logprobs' | 'entropies' | 'disparities'): Float32Array =>
    padColumn(
      rows.map((row) => row[name]),
      width,
    );
  return {
    logprobs: column('logprobs'),
    entropies: column('entropies'),
    ...(call.recordsDisparities === true ? { disparities: column('disparities') } : {}),
  };
}

function collectRollouts(call: SampleCall, rows: readonly Row[], promptLength: number): RolloutBatch {
  const count = rows.length;
  const completionLength = Math.max(...rows.map((row) => row.tokens.length));
  const length = promptLength + completionLength;
  const tokens = new Int32Array(count * length).fill(call.padId);
  const authors = new Uint8Array(count * completionLength).fill(AUTHORS.policy);
  rows.forEach((row, index) => {
    const prompt = call.prompts[index]!;
    tokens.set(prompt, index * length + promptLength - prompt.length);
    tokens.set(row.tokens, index * length + promptLength);
    authors.set(row.authors, index * completionLength);
  });
  return {
    count,
    promptLength,
    completionLength,
    tokens,
    promptStarts: Int32Array.from(call.prompts, (prompt) => promptLength - prompt.length),
    completionLengths: Int32Array.from(rows, (row) => row.tokens.length),
    finished: Uint8Array.from(rows, (row) => Number(row.finished)),
    groups: Int32Array.from(call.counters, ({ problem }) => problem),
    authors,
    ...createLineage(count, completionLength),
    perToken: collectColumns(call, rows, completionLength),
    perRollout: {},
  };
}

/**
 * Samples one completion per prompt with a key/value cache. Draws are `uniformAt(stream, step, problem, sample, position)`,
 * so that a rollout does not depend on the rollouts sampled beside it. A forced token leaves its draw unused, and is scored
 * like a drawn one: under the policy, renormalised where tokens are banned. Yields to the event loop after every token.
 *
 * @throws NonFiniteLogitsError when the policy has diverged
 * @throws UnknownTokenIdError when a prompt holds an id that the policy does not know; RangeError for an impossible call
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
    disparities: [],
    authors: [],
    finished: false,
  }));
  const size = call.microBatch ?? DEFAULT_MICRO_BATCH;
  for (let begin = 0; begin < rows.length; begin += size) {
    await sampleMicroBatch(call, rows.slice(begin, begin + size), promptLength);
  }
  return collectRollouts(call, rows, promptLength);
}
