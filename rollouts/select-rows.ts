import type { Columns, RolloutBatch } from './rollout-batch.ts';

/** One row of one of several batches. */
export interface RowOfBatch<TokenColumn extends string, RowColumn extends string> {
  readonly batch: RolloutBatch<TokenColumn, RowColumn>;
  readonly row: number;
}

type AnyRow = RowOfBatch<string, string>;

function listNames({ perToken, perRollout }: RolloutBatch<string, string>): string[] {
  return [
    ...Object.keys(perToken).map((name) => `token/${name}`),
    ...Object.keys(perRollout).map((name) => `rollout/${name}`),
  ].sort();
}

/** Columns that only some rollouts have would be lost or invented for the others. */
function checkColumns(rows: readonly AnyRow[]): void {
  const expected = listNames(rows[0]!.batch);
  for (const batch of new Set(rows.map((row) => row.batch))) {
    const names = listNames(batch);
    if (names.join() === expected.join()) continue;
    throw new RangeError(
      `rollouts of one batch need the same columns; found one with ${expected.join(', ')} ` +
        `and one with ${names.join(', ')}`,
    );
  }
}

/** [N, width] of rows of arrays that are `widthOf(batch)` wide, each placed `shiftOf(batch)` columns in. */
function copyRows<Values extends Int32Array | Uint8Array | Float32Array>(
  rows: readonly AnyRow[],
  into: { readonly values: Values; readonly width: number },
  from: {
    readonly valuesOf: (batch: AnyRow['batch']) => Values;
    readonly widthOf: (batch: AnyRow['batch']) => number;
    readonly shiftOf?: (batch: AnyRow['batch']) => number;
  },
): Values {
  rows.forEach(({ batch, row }, to) => {
    const width = from.widthOf(batch);
    const source = from.valuesOf(batch).subarray(row * width, (row + 1) * width);
    into.values.set(source, to * into.width + (from.shiftOf?.(batch) ?? 0));
  });
  return into.values;
}

function selectColumns(
  rows: readonly AnyRow[],
  level: 'perToken' | 'perRollout',
  width: number,
): Columns<string> {
  const names = Object.keys(rows[0]!.batch[level]);
  return Object.fromEntries(
    names.map((name) => {
      const into = { values: new Float32Array(rows.length * width), width };
      const widthOf = (batch: AnyRow['batch']): number => (level === 'perToken' ? batch.completionLength : 1);
      return [name, copyRows(rows, into, { widthOf, valuesOf: (batch) => batch[level][name]! })];
    }),
  );
}

/** [N, P + T]: prompts stay at the right end of theirs. */
function selectTokens(
  rows: readonly AnyRow[],
  { promptLength, length, padId }: { promptLength: number; length: number; padId: number },
): Int32Array {
  const into = { values: new Int32Array(rows.length * length).fill(padId), width: length };
  return copyRows(rows, into, {
    valuesOf: (batch) => batch.tokens,
    widthOf: (batch) => batch.promptLength + batch.completionLength,
    shiftOf: (batch) => promptLength - batch.promptLength,
  });
}

/**
 * The named rows as one batch, in their order, with all their columns; padded to the longest prompt and completion among
 * their batches, tokens with `padId` and columns with 0.
 *
 * @param rows one or more, of one or several batches
 * @throws RangeError when their batches do not have the same columns
 */
export function selectRows<TokenColumn extends string, RowColumn extends string>(
  rows: readonly RowOfBatch<TokenColumn, RowColumn>[],
  padId: number,
): RolloutBatch<TokenColumn, RowColumn> {
  if (rows.length === 0) throw new RangeError('a batch needs at least one rollout, found none selected');
  const chosen = rows as unknown as readonly AnyRow[];
  checkColumns(chosen);
  const count = chosen.length;
  const promptLength = Math.max(...chosen.map(({ batch }) => batch.promptLength));
  const width = Math.max(...chosen.map(({ batch }) => batch.completionLength));
  const selected: RolloutBatch<string, string> = {
    count,
    promptLength,
    completionLength: width,
    tokens: selectTokens(chosen, { promptLength, length: promptLength + width, padId }),
    promptStarts: Int32Array.from(
      chosen,
      ({ batch, row }) => batch.promptStarts[row]! + promptLength - batch.promptLength,
    ),
    completionLengths: Int32Array.from(chosen, ({ batch, row }) => batch.completionLengths[row]!),
    finished: Uint8Array.from(chosen, ({ batch, row }) => batch.finished[row]!),
    groups: Int32Array.from(chosen, ({ batch, row }) => batch.groups[row]!),
    authors: copyRows(
      chosen,
      { values: new Uint8Array(count * width), width },
      { valuesOf: (batch) => batch.authors, widthOf: (batch) => batch.completionLength },
    ),
    perToken: selectColumns(chosen, 'perToken', width),
    perRollout: selectColumns(chosen, 'perRollout', 1),
  };
  return selected as RolloutBatch<TokenColumn, RowColumn>;
}

/** Some rollouts of one batch, in their order, as a batch of the same widths. */
export function takeRows<TokenColumn extends string, RowColumn extends string>(
  batch: RolloutBatch<TokenColumn, RowColumn>,
  rows: readonly number[],
): RolloutBatch<TokenColumn, RowColumn> {
  // Rows of equal widths fill theirs to the end: no pad token is placed.
  return selectRows(
    rows.map((row) => ({ batch, row })),
    0,
  );
}
