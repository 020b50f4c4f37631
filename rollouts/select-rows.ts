import { vocabularyOf, type Columns, type RolloutBatch } from './rollout-batch.ts';

/** One row of one of several batches. */
export interface RowOfBatch<TokenColumn extends string, RowColumn extends string> {
  readonly batch: RolloutBatch<TokenColumn, RowColumn>;
  readonly row: number;
}

type AnyBatch = RolloutBatch<string, string>;
type AnyRow = RowOfBatch<string, string>;

function listNames({ perToken, perRollout, perVocabulary = {} }: AnyBatch): string[] {
  return [
    ...Object.keys(perToken).map((name) => `token/${name}`),
    ...Object.keys(perRollout).map((name) => `rollout/${name}`),
    ...Object.keys(perVocabulary).map((name) => `vocabulary/${name}`),
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

/** Fills `into`, [N, width], with one row of each source, placed `shift` columns in. */
function copyRows<Values extends Int32Array | Int16Array | Uint8Array | Float32Array>(
  rows: readonly AnyRow[],
  into: { readonly values: Values; readonly width: number },
  sourceOf: (batch: AnyBatch) => { readonly values: Values; readonly width: number; readonly shift?: number },
): Values {
  rows.forEach(({ batch, row }, to) => {
    const { values, width, shift = 0 } = sourceOf(batch);
    into.values.set(values.subarray(row * width, (row + 1) * width), to * into.width + shift);
  });
  return into.values;
}

/** Columns of `width` numbers per rollout, of each batch's own width per rollout. */
function selectColumns(
  rows: readonly AnyRow[],
  width: number,
  sourceOf: (batch: AnyBatch) => { readonly columns: Columns<string>; readonly width: number },
): Columns<string> {
  const names = Object.keys(sourceOf(rows[0]!.batch).columns);
  const select = (name: string): Float32Array =>
    copyRows(rows, { values: new Float32Array(rows.length * width), width }, (batch) => {
      const source = sourceOf(batch);
      return { values: source.columns[name]!, width: source.width };
    });
  return Object.fromEntries(names.map((name) => [name, select(name)]));
}

/** Columns [N, T, V]; absent where the batches have none. */
function selectDistributions(
  rows: readonly AnyRow[],
  completionLength: number,
): Pick<AnyBatch, 'perVocabulary'> {
  const first = rows[0]!.batch;
  const [values] = Object.values(first.perVocabulary ?? {});
  if (values === undefined) return {};
  const vocabulary = vocabularyOf(first, values);
  const width = completionLength * vocabulary;
  const perVocabulary = selectColumns(rows, width, (batch) => ({
    columns: batch.perVocabulary as Columns<string>,
    width: batch.completionLength * vocabulary,
  }));
  return { perVocabulary };
}

/** [N, P + T]: prompts end where theirs do. */
function selectTokens(
  rows: readonly AnyRow[],
  { promptLength, completionLength }: { promptLength: number; completionLength: number },
  padId: number,
): Int32Array {
  const width = promptLength + completionLength;
  const into = { values: new Int32Array(rows.length * width).fill(padId), width };
  return copyRows(rows, into, (batch) => ({
    values: batch.tokens,
    width: batch.promptLength + batch.completionLength,
    shift: promptLength - batch.promptLength,
  }));
}

/** The arrays [N] of the rows. */
function selectNumbers(rows: readonly AnyRow[], promptLength: number) {
  const starts = rows.map(({ batch, row }) => batch.promptStarts[row]! + promptLength - batch.promptLength);
  return {
    promptStarts: Int32Array.from(starts),
    completionLengths: Int32Array.from(rows, ({ batch, row }) => batch.completionLengths[row]!),
    finished: Uint8Array.from(rows, ({ batch, row }) => batch.finished[row]!),
    groups: Int32Array.from(rows, ({ batch, row }) => batch.groups[row]!),
    parents: Int32Array.from(rows, ({ batch, row }) => batch.parents[row]!),
    forkAt: Int32Array.from(rows, ({ batch, row }) => batch.forkAt[row]!),
  };
}

/**
 * The named rows as one batch, in their order, with all their columns; padded to the longest prompt and completion among
 * their batches, tokens with `padId`, units with −1 and columns with 0.
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
  const selected: AnyBatch = {
    ...{ count, promptLength, completionLength: width },
    ...selectNumbers(chosen, promptLength),
    tokens: selectTokens(chosen, { promptLength, completionLength: width }, padId),
    authors: copyRows(chosen, { values: new Uint8Array(count * width), width }, (batch) => ({
      values: batch.authors,
      width: batch.completionLength,
    })),
    units: copyRows(chosen, { values: new Int16Array(count * width).fill(-1), width }, (batch) => ({
      values: batch.units,
      width: batch.completionLength,
    })),
    perToken: selectColumns(chosen, width, (batch) => ({
      columns: batch.perToken,
      width: batch.completionLength,
    })),
    perRollout: selectColumns(chosen, 1, (batch) => ({ columns: batch.perRollout, width: 1 })),
    ...selectDistributions(chosen, width),
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
