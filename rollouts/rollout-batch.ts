import {
  describeColumn,
  type KnownRolloutColumn,
  type KnownTokenColumn,
  type KnownVocabularyColumn,
} from './columns.ts';

/** Who wrote a completion token; padding stands as the policy's. */
export const AUTHORS = {
  /** sampled from the behavior policy, which alone learns from it */
  policy: 0,
  /** fed to the policy in place of a draw */
  forced: 1,
} as const;

/** Float32 arrays by name: those of `Name` are there, those of `Known` may be. */
export type Columns<Name extends string, Known extends string = never> = Readonly<
  Record<Name, Float32Array>
> &
  Readonly<Partial<Record<Known, Float32Array>>>;

/** Where the tokens of N rollouts come from beside a draw of their own. */
export interface Lineage {
  /** [N]: sample, in the same group, whose first tokens a rollout shares; −1: of none */
  readonly parents: Int32Array;
  /** [N]: completion token from which on a rollout's tokens are its own; the shared ones stand in it as in its parent */
  readonly forkAt: Int32Array;
  /** [N, T]: step, turn or episode that each completion token belongs to, from 0; −1: none is told, as on padding */
  readonly units: Int16Array;
}

/** Rollouts that share nothing, without units. */
export function createLineage(count: number, completionLength: number): Lineage {
  return {
    parents: new Int32Array(count).fill(-1),
    forkAt: new Int32Array(count),
    units: new Int16Array(count * completionLength).fill(-1),
  };
}

/** What every batch holds from the moment it is sampled. */
export type SampledColumn = 'logprobs' | 'entropies';

/**
 * N rollouts with T completion columns; arrays are row-major. The parameters name the columns that are known to be there;
 * `RolloutBatch<never>` is any batch.
 */
export interface RolloutBatch<
  TokenColumn extends string = SampledColumn,
  RowColumn extends string = never,
> extends Lineage {
  /** N */
  readonly count: number;
  /** P */
  readonly promptLength: number;
  /** T, the longest completion */
  readonly completionLength: number;
  /** [N, P + T]: prompts padded on the left, completions on the right, with the pad token */
  readonly tokens: Int32Array;
  /** [N]: columns of left padding */
  readonly promptStarts: Int32Array;
  /** [N]: completion tokens, the end token included */
  readonly completionLengths: Int32Array;
  /** [N]: 1 = closed by the end token, 0 = truncated */
  readonly finished: Uint8Array;
  /** [N]: rollouts of the same number are one group, and stand in the order of their samples: the first is sample 0 */
  readonly groups: Int32Array;
  /** [N, T]: who wrote each completion token, of `AUTHORS` */
  readonly authors: Uint8Array;
  /** [N, T] each; 0 on padding */
  readonly perToken: Columns<TokenColumn, KnownTokenColumn>;
  /** [N] each */
  readonly perRollout: Columns<RowColumn, KnownRolloutColumn>;
  /** [N, T, V] each; 0 on padding; absent: there is none */
  readonly perVocabulary?: Columns<never, KnownVocabularyColumn>;
}

/** Rollouts with what they teach. */
export type ShapedBatch = RolloutBatch<SampledColumn | 'credit' | 'tokenMask', 'advantages'>;

/** Rollouts with what they teach a critic. */
export type ValuedBatch = RolloutBatch<SampledColumn | 'values' | 'returns' | 'valueMask'>;

/** Rollouts lack a column that is asked for: sample them again with a scheme that records it. */
export class MissingColumnError extends Error {
  override readonly name = 'MissingColumnError';
}

function missingColumns(names: readonly string[], asker: string): MissingColumnError {
  return new MissingColumnError(
    `the rollouts hold no ${names.map(describeColumn).join(', no ')}, which ${asker} needs; ` +
      'they were sampled or shaped under another scheme',
  );
}

/** Names of columns by what they are told of. */
export interface ColumnNames<TokenColumn extends string, RowColumn extends string> {
  readonly perToken: readonly TokenColumn[];
  readonly perRollout: readonly RowColumn[];
}

export const shapedColumns = {
  perToken: ['logprobs', 'entropies', 'credit', 'tokenMask'],
  perRollout: ['advantages'],
} as const;

export const valuedColumns = {
  perToken: ['logprobs', 'entropies', 'values', 'returns', 'valueMask'],
  perRollout: [],
} as const;

/**
 * The batch, known to hold these columns.
 *
 * @param asker who needs them, as the error names it
 * @throws MissingColumnError naming what is missing
 */
export function requireColumns<TokenColumn extends string, RowColumn extends string>(
  batch: RolloutBatch<never>,
  needed: ColumnNames<TokenColumn, RowColumn>,
  asker: string,
): RolloutBatch<TokenColumn, RowColumn> {
  const missing = [
    ...needed.perToken.filter((name) => !Object.hasOwn(batch.perToken, name)),
    ...needed.perRollout.filter((name) => !Object.hasOwn(batch.perRollout, name)),
  ];
  if (missing.length > 0) throw missingColumns(missing, asker);
  return batch as RolloutBatch<TokenColumn, RowColumn>;
}

/**
 * A column [N, T, V] of the batch.
 *
 * @param asker who needs it, as the error names it
 * @throws MissingColumnError
 */
export function requireDistributions(
  batch: RolloutBatch<never>,
  name: KnownVocabularyColumn,
  asker: string,
): Float32Array {
  const values = batch.perVocabulary?.[name];
  if (values === undefined) throw missingColumns([name], asker);
  return values;
}

/** V of a batch's columns [N, T, V]. */
export function vocabularyOf(
  { count, completionLength }: Pick<RolloutBatch<never>, 'count' | 'completionLength'>,
  values: Float32Array,
): number {
  return values.length / (count * completionLength);
}

function checkLengths(columns: Columns<string>, length: number): void {
  for (const [name, values] of Object.entries(columns)) {
    if (values.length === length) continue;
    throw new RangeError(`column ${name} has ${values.length} numbers; expected ${length} for this batch`);
  }
}

/** The batch with further columns beside its own, or in place of those of the same name. */
export function addColumns<
  TokenColumn extends string,
  RowColumn extends string,
  NewToken extends string = never,
  NewRow extends string = never,
>(
  batch: RolloutBatch<TokenColumn, RowColumn>,
  added: {
    readonly perToken?: Readonly<Record<NewToken, Float32Array>>;
    readonly perRollout?: Readonly<Record<NewRow, Float32Array>>;
    readonly perVocabulary?: Columns<never, KnownVocabularyColumn>;
  },
): RolloutBatch<TokenColumn | NewToken, RowColumn | NewRow> {
  checkLengths(added.perToken ?? {}, batch.count * batch.completionLength);
  checkLengths(added.perRollout ?? {}, batch.count);
  const columns = {
    perToken: { ...batch.perToken, ...added.perToken },
    perRollout: { ...batch.perRollout, ...added.perRollout },
    ...(added.perVocabulary === undefined
      ? {}
      : { perVocabulary: { ...batch.perVocabulary, ...added.perVocabulary } }),
  };
  return { ...batch, ...columns } as RolloutBatch<TokenColumn | NewToken, RowColumn | NewRow>;
}
