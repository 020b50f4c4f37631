import type { ScoredRollouts } from '../learning/score-rollouts.ts';

/** One row of one of several batches. */
export interface RowOfBatch {
  readonly batch: ScoredRollouts;
  readonly row: number;
}

/** Arrays [N, T] that every batch of a run has or none. */
const optionalArrays = ['referenceLogprobs', 'values'] as const;

function copyRow(source: RowOfBatch, target: ScoredRollouts, to: number): void {
  const { batch, row } = source;
  const width = batch.promptLength + batch.completionLength;
  const targetWidth = target.promptLength + target.completionLength;
  const shift = target.promptLength - batch.promptLength;
  const start = batch.promptStarts[row]!;
  const length = batch.completionLengths[row]!;
  const used = batch.tokens.subarray(row * width + start, row * width + batch.promptLength + length);
  target.tokens.set(used, to * targetWidth + start + shift);
  target.promptStarts[to] = start + shift;
  target.completionLengths[to] = length;
  target.finished[to] = batch.finished[row]!;
  const from = row * batch.completionLength;
  target.logprobs.set(batch.logprobs.subarray(from, from + length), to * target.completionLength);
  target.entropies.set(batch.entropies.subarray(from, from + length), to * target.completionLength);
  for (const name of optionalArrays) {
    const values = batch[name];
    if (values !== undefined)
      target[name]!.set(values.subarray(from, from + length), to * target.completionLength);
  }
}

/** The named rows as one batch, in their order, padded to the longest prompt and completion among their batches. */
export function mergeRollouts(rows: readonly RowOfBatch[], padId: number): ScoredRollouts {
  const count = rows.length;
  const promptLength = Math.max(...rows.map(({ batch }) => batch.promptLength));
  const completionLength = Math.max(...rows.map(({ batch }) => batch.completionLength));
  const merged: ScoredRollouts = {
    count,
    promptLength,
    completionLength,
    tokens: new Int32Array(count * (promptLength + completionLength)).fill(padId),
    promptStarts: new Int32Array(count),
    completionLengths: new Int32Array(count),
    finished: new Uint8Array(count),
    logprobs: new Float32Array(count * completionLength),
    entropies: new Float32Array(count * completionLength),
    ...Object.fromEntries(
      optionalArrays
        .filter((name) => rows[0]?.batch[name] !== undefined)
        .map((name) => [name, new Float32Array(count * completionLength)]),
    ),
  };
  rows.forEach((row, to) => copyRow(row, merged, to));
  return merged;
}
