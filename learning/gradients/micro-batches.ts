import * as tf from '@tensorflow/tfjs-core';
import {
  createMask,
  shiftTargets,
  takeIds,
  widthOf,
  type TokenBatch,
} from '../../model/network/token-batch.ts';
import { vocabularyOf, type RolloutBatch } from '../../rollouts/rollout-batch.ts';
import type { RowTensors } from './score-rows.ts';

/** Widths are rounded up to multiples and counts to powers of two, so that few graphs are recorded. */
const WIDTH_MULTIPLE = 4;
const MIN_ROWS = 8;

/**
 * Some rollouts of a batch, without completion columns that are padding in all of them. Rows beyond the rollouts are padding, with
 * 0 in every column.
 */
export type MicroBatch<Name extends string> = TokenBatch &
  Pick<RolloutBatch<Name>, 'perToken' | 'perVocabulary'>;

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

/** The rows of a batch's columns [N, T] or [N, T, V], as [count, width] or [count, width, V]; 0 in rows and columns beyond theirs. */
function cutColumns<Columns extends Readonly<Record<string, Float32Array>>>(
  columns: Columns,
  { completionLength, count: total }: Pick<RolloutBatch, 'completionLength' | 'count'>,
  cut: { readonly rollouts: readonly number[]; readonly count: number; readonly width: number },
): Columns {
  const shared = Math.min(cut.width, completionLength);
  const made = Object.entries(columns).map(([name, values]) => {
    const depth = values.length / (total * completionLength);
    const into = new Float32Array(cut.count * cut.width * depth);
    cut.rollouts.forEach((rollout, row) => {
      const begin = rollout * completionLength * depth;
      into.set(values.subarray(begin, begin + shared * depth), row * cut.width * depth);
    });
    return [name, into];
  });
  return Object.fromEntries(made) as Columns;
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
  const shape = { rollouts, count, width: completionLength };
  const columns = {
    perToken: cutColumns(batch.perToken, batch, shape),
    ...(batch.perVocabulary === undefined
      ? {}
      : { perVocabulary: cutColumns(batch.perVocabulary as Record<string, Float32Array>, batch, shape) }),
  };
  return { count, promptLength, completionLength, tokens, promptStarts, completionLengths, ...columns };
}

/** What the network reads of a micro-batch, see `RowTensors`, and its columns [n, T] and [n, T, V], all by name. */
export function toTensors<Name extends string>(
  part: MicroBatch<Name>,
): RowTensors & Readonly<Record<Name, tf.Tensor2D>> {
  const { count, completionLength, promptLength, promptStarts, perToken, perVocabulary = {} } = part;
  const columns = Object.entries<Float32Array>(perToken).map(
    ([name, values]) => [name, tf.tensor2d(values, [count, completionLength])] as const,
  );
  const distributions = Object.entries<Float32Array>(perVocabulary).map(
    ([name, values]) =>
      [name, tf.tensor3d(values, [count, completionLength, vocabularyOf(part, values)])] as const,
  );
  const read = widthOf(part) - 1;
  return {
    ids: tf.tensor1d(takeIds(part, read), 'int32'),
    targets: tf.tensor1d(shiftTargets(part, promptLength), 'int32'),
    mask: createMask(promptStarts, read),
    ...(Object.fromEntries(columns) as Record<Name, tf.Tensor2D>),
    ...Object.fromEntries(distributions),
  };
}
