import * as tf from '@tensorflow/tfjs-core';
import {
  createMask,
  shiftTargets,
  takeIds,
  widthOf,
  type TokenBatch,
} from '../../model/network/token-batch.ts';
import type { RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { RowTensors } from './score-rows.ts';

/** Widths are rounded up to multiples and counts to powers of two, so that few graphs are recorded. */
const WIDTH_MULTIPLE = 4;
const MIN_ROWS = 8;

/**
 * Some rollouts of a batch, without completion columns that are padding in all of them. Rows beyond the rollouts are padding, with
 * 0 in every column.
 */
export type MicroBatch<Name extends string> = TokenBatch & Pick<RolloutBatch<Name>, 'perToken'>;

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

/** The rows of a batch's columns [N, T], as [count, width]; 0 in rows and columns beyond theirs. */
function cutColumns<Name extends string>(
  { perToken, completionLength }: RolloutBatch<Name>,
  rollouts: readonly number[],
  { count, width }: { readonly count: number; readonly width: number },
): RolloutBatch<Name>['perToken'] {
  const shared = Math.min(width, completionLength);
  const cut = Object.entries<Float32Array>(perToken).map(([name, values]) => {
    const into = new Float32Array(count * width);
    rollouts.forEach((rollout, row) => {
      const begin = rollout * completionLength;
      into.set(values.subarray(begin, begin + shared), row * width);
    });
    return [name, into];
  });
  return Object.fromEntries(cut) as RolloutBatch<Name>['perToken'];
}

/**
 * Cuts rollouts out of a batch, with all its columns.
 *
 * @param size the most rows a micro-batch has
 */
export function cutMicroBatch<Name extends string>(
  batch: RolloutBatch<Name>,
  rollouts: readonly number[],
  size: number,
): MicroBatch<Name> {
  const count = roundRows(rollouts.length, size);
  const width = widthOf(batch);
  // The whole batch's width: a width of its own would seldom save much and often be a new shape to record.
  const promptLength = roundUp(batch.promptLength);
  const completionLength = roundUp(Math.max(...rollouts.map((rollout) => batch.completionLengths[rollout]!)));
  const length = promptLength + completionLength;
  const shift = promptLength - batch.promptLength;
  const tokens = new Int32Array(count * length).fill(batch.tokens[0]!);
  const promptStarts = new Int32Array(count);
  const completionLengths = new Int32Array(count);
  rollouts.forEach((rollout, row) => {
    const start = batch.promptStarts[rollout]!;
    const end = batch.promptLength + batch.completionLengths[rollout]!;
    tokens.set(
      batch.tokens.subarray(rollout * width + start, rollout * width + end),
      row * length + start + shift,
    );
    promptStarts[row] = start + shift;
    completionLengths[row] = batch.completionLengths[rollout]!;
  });
  const perToken = cutColumns(batch, rollouts, { count, width: completionLength });
  return { count, promptLength, completionLength, tokens, promptStarts, completionLengths, perToken };
}

/** What the network reads of a micro-batch, see `RowTensors`, and its columns [n, T], all by name. */
export function toTensors<Name extends string>(
  part: MicroBatch<Name>,
): RowTensors & Readonly<Record<Name, tf.Tensor2D>> {
  const { count, completionLength, promptLength, promptStarts, perToken } = part;
  const columns = Object.entries<Float32Array>(perToken).map(
    ([name, values]) => [name, tf.tensor2d(values, [count, completionLength])] as const,
  );
  const read = widthOf(part) - 1;
  return {
    ids: tf.tensor1d(takeIds(part, read), 'int32'),
    targets: tf.tensor1d(shiftTargets(part, promptLength), 'int32'),
    mask: createMask(promptStarts, read),
    ...(Object.fromEntries(columns) as Record<Name, tf.Tensor2D>),
  };
}
