import type { TokenBatch } from '../../model/network/token-batch.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';

/** Widths are rounded up to multiples and counts to powers of two, so that few graphs are recorded. */
const WIDTH_MULTIPLE = 4;
const MIN_ROWS = 8;

/** Some rollouts of a batch as a batch of their own, without completion columns that are padding in all of them. */
export interface MicroBatch {
  /** indices in the whole batch, one per row; rows beyond them are padding */
  readonly rollouts: readonly number[];
  /** [n, P' + T'] */
  readonly tokens: TokenBatch;
  /** T' */
  readonly completionLength: number;
}

function roundUp(value: number): number {
  return Math.ceil(value / WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
}

function roundRows(count: number, limit: number): number {
  let rows = MIN_ROWS;
  while (rows < count) rows *= 2;
  return Math.min(rows, Math.max(limit, count));
}

/** `rollouts` in parts of `size` of similar completion length, longest first. */
export function splitByLength(
  batch: RolloutBatch<never>,
  rollouts: readonly number[],
  size: number,
): number[][] {
  const lengths = batch.completionLengths;
  const sorted = [...rollouts].sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  return Array.from({ length: Math.ceil(sorted.length / size) }, (_, part) =>
    sorted.slice(part * size, (part + 1) * size),
  );
}

/**
 * Cuts rollouts out of a batch.
 *
 * @param size the most rows a micro-batch has
 */
export function cutMicroBatch(
  batch: RolloutBatch<never>,
  rollouts: readonly number[],
  size: number,
): MicroBatch {
  const count = roundRows(rollouts.length, size);
  const width = batch.promptLength + batch.completionLength;
  // The whole batch's width: a width of its own would seldom save much and often be a new shape to record.
  const promptLength = roundUp(batch.promptLength);
  const completionLength = roundUp(Math.max(...rollouts.map((rollout) => batch.completionLengths[rollout]!)));
  const length = promptLength + completionLength;
  const shift = promptLength - batch.promptLength;
  const tokens = new Int32Array(count * length).fill(batch.tokens[0]!);
  const promptStarts = new Int32Array(count);
  const lengths = new Int32Array(count).fill(promptLength);
  rollouts.forEach((rollout, row) => {
    const start = batch.promptStarts[rollout]!;
    const end = batch.promptLength + batch.completionLengths[rollout]!;
    tokens.set(
      batch.tokens.subarray(rollout * width + start, rollout * width + end),
      row * length + start + shift,
    );
    promptStarts[row] = start + shift;
    lengths[row] = end + shift;
  });
  return {
    rollouts,
    tokens: { count, length, promptLength, tokens, promptStarts, lengths },
    completionLength,
  };
}

/** The rows of a micro-batch out of `values` [N, T], as [n, T']; 0 in rows and columns it has in excess. */
export function cutColumns(batch: RolloutBatch<never>, part: MicroBatch, values: Float32Array): Float32Array {
  const cut = new Float32Array(part.tokens.count * part.completionLength);
  const width = Math.min(part.completionLength, batch.completionLength);
  part.rollouts.forEach((rollout, row) => {
    const begin = rollout * batch.completionLength;
    cut.set(values.subarray(begin, begin + width), row * part.completionLength);
  });
  return cut;
}

/** [N·(S − 1)]: the tokens the network reads; the last column is only a target. */
export function takeInputs(batch: TokenBatch): Int32Array {
  const columns = batch.length - 1;
  const ids = new Int32Array(batch.count * columns);
  for (let row = 0; row < batch.count; row += 1) {
    const begin = row * batch.length;
    ids.set(batch.tokens.subarray(begin, begin + columns), row * columns);
  }
  return ids;
}
