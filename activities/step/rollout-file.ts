import {
  encodeSafetensors,
  parseSafetensors,
  type StoredTensor,
  type StoredTensors,
} from '../../model/checkpoints/safetensors.ts';
import {
  createLineage,
  requireColumns,
  vocabularyOf,
  type Columns,
  type Lineage,
  type RolloutBatch,
} from '../../rollouts/rollout-batch.ts';

/** Where a column stands in the file: `token/NAME` [N, T], `rollout/NAME` [N], `vocabulary/NAME` [N, T, V]; all F32. */
const prefixes = { perToken: 'token/', perRollout: 'rollout/', perVocabulary: 'vocabulary/' } as const;

const sampledColumns = { perToken: ['logprobs', 'entropies'], perRollout: [] } as const;

function toColumnTensors(
  columns: Columns<string>,
  prefix: string,
  shape: readonly number[],
): [string, StoredTensor][] {
  return Object.entries(columns).map(([name, values]) => [prefix + name, { dtype: 'F32', shape, values }]);
}

function toDistributionTensors(batch: RolloutBatch<never>): [string, StoredTensor][] {
  return Object.entries<Float32Array>(batch.perVocabulary ?? {}).flatMap(([name, values]) =>
    toColumnTensors({ [name]: values }, prefixes.perVocabulary, [
      batch.count,
      batch.completionLength,
      vocabularyOf(batch, values),
    ]),
  );
}

/** What each tensor of a batch's lineage holds where it tells nothing; then it is left out. */
const lineage = [
  ['parents', 'parents', -1],
  ['fork_at', 'forkAt', 0],
  ['units', 'units', -1],
] as const satisfies readonly [name: string, key: keyof Lineage, nothing: number][];

function toLineageTensors(batch: RolloutBatch<never>): [string, StoredTensor][] {
  const { count, completionLength: width } = batch;
  return lineage
    .filter(([, key, nothing]) => batch[key].some((value) => value !== nothing))
    .map(([name, key]) => {
      const shape = key === 'units' ? [count, width] : [count];
      return [name, { dtype: 'I32', shape, values: Int32Array.from(batch[key]) }];
    });
}

/**
 * A batch of rollouts as safetensors, whatever columns it holds: tokens [N, P + T], prompt_starts, completion_lengths and
 * groups [N] as I32; finished [N] and authors [N, T] as U8; where they share tokens or have units, parents and fork_at [N] and
 * units [N, T] as I32; the columns. Same batch, same bytes.
 */
export function encodeRollouts(batch: RolloutBatch<never>): Uint8Array {
  const { count, promptLength, completionLength: width } = batch;
  const length = promptLength + width;
  return encodeSafetensors(
    new Map<string, StoredTensor>([
      ['tokens', { dtype: 'I32', shape: [count, length], values: batch.tokens }],
      ['prompt_starts', { dtype: 'I32', shape: [count], values: batch.promptStarts }],
      ['completion_lengths', { dtype: 'I32', shape: [count], values: batch.completionLengths }],
      ['finished', { dtype: 'U8', shape: [count], values: batch.finished }],
      ['groups', { dtype: 'I32', shape: [count], values: batch.groups }],
      ['authors', { dtype: 'U8', shape: [count, width], values: batch.authors }],
      ...toLineageTensors(batch),
      ...toColumnTensors(batch.perToken, prefixes.perToken, [count, width]),
      ...toColumnTensors(batch.perRollout, prefixes.perRollout, [count]),
      ...toDistributionTensors(batch),
    ]),
  );
}

function take<Dtype extends StoredTensor['dtype']>(
  tensors: StoredTensors,
  name: string,
  want: { readonly dtype: Dtype; readonly shape: readonly (number | null)[] },
): Extract<StoredTensor, { dtype: Dtype }> {
  const tensor = tensors.get(name);
  const isMeant =
    tensor?.dtype === want.dtype &&
    tensor.shape.length === want.shape.length &&
    want.shape.every((size, at) => size === null || size === tensor.shape[at]);
  if (isMeant) return tensor as Extract<StoredTensor, { dtype: Dtype }>;
  throw new TypeError(
    `a file of rollouts holds ${name} as ${want.dtype} [${want.shape.map((size) => size ?? 'any').join(', ')}]; ` +
      `found ${tensor === undefined ? 'nothing' : `${tensor.dtype} [${tensor.shape.join(', ')}]`}`,
  );
}

function takeColumns(
  tensors: StoredTensors,
  prefix: string,
  shape: readonly (number | null)[],
): Record<string, Float32Array> {
  const names = [...tensors.keys()].filter((name) => name.startsWith(prefix));
  return Object.fromEntries(
    names.map((name) => [name.slice(prefix.length), take(tensors, name, { dtype: 'F32', shape }).values]),
  );
}

function takeDistributions(
  tensors: StoredTensors,
  count: number,
  width: number,
): Pick<RolloutBatch<never>, 'perVocabulary'> {
  const perVocabulary = takeColumns(tensors, prefixes.perVocabulary, [count, width, null]);
  return Object.keys(perVocabulary).length === 0 ? {} : { perVocabulary };
}

function takeLineage(tensors: StoredTensors, count: number, width: number): Lineage {
  const { parents, forkAt, units } = createLineage(count, width);
  const read = <Values extends Int32Array | Int16Array>(
    name: string,
    into: Values,
    shape: number[],
  ): Values => {
    if (tensors.has(name)) into.set(take(tensors, name, { dtype: 'I32', shape }).values);
    return into;
  };
  return {
    parents: read('parents', parents, [count]),
    forkAt: read('fork_at', forkAt, [count]),
    units: read('units', units, [count, width]),
  };
}

/**
 * The batch that a file holds, with all its columns.
 *
 * @throws TypeError when the file is not one of rollouts, MissingColumnError when it lacks the columns of every sampled batch
 */
export function decodeRollouts(bytes: Uint8Array): RolloutBatch {
  const tensors = parseSafetensors(bytes);
  const tokens = take(tensors, 'tokens', { dtype: 'I32', shape: [null, null] });
  const [count, length] = tokens.shape as [number, number];
  const authors = take(tensors, 'authors', { dtype: 'U8', shape: [count, null] });
  const width = authors.shape[1]!;
  const numbers = (name: string): Int32Array => take(tensors, name, { dtype: 'I32', shape: [count] }).values;
  const batch: RolloutBatch<never> = {
    count,
    promptLength: length - width,
    completionLength: width,
    tokens: tokens.values,
    promptStarts: numbers('prompt_starts'),
    completionLengths: numbers('completion_lengths'),
    finished: take(tensors, 'finished', { dtype: 'U8', shape: [count] }).values,
    groups: numbers('groups'),
    authors: authors.values,
    ...takeLineage(tensors, count, width),
    perToken: takeColumns(tensors, prefixes.perToken, [count, width]),
    perRollout: takeColumns(tensors, prefixes.perRollout, [count]),
    ...takeDistributions(tensors, count, width),
  };
  return requireColumns(batch, sampledColumns, 'whoever reads a file of rollouts');
}
