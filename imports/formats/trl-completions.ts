import {
  asyncBufferFromFile,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type FileMetaData,
  type SchemaTree,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ImportFormat, ReadOptions } from '../import-format.ts';
import type { SampleOutcome, SourceHeader, SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { messageText } from './message-text.ts';

/** The columns that TRL names itself; those of the rewards stand between the completion and the advantage. */
const OWN_COLUMNS = ['step', 'prompt', 'completion', 'advantage'] as const;
const NUMBER_TYPES = new Set(['DOUBLE', 'FLOAT', 'INT32', 'INT64']);

/** Of a row group, which is held as a whole. */
const MOST_ROWS = 10_000_000;

type Row = Readonly<Record<string, unknown>>;
type AsyncBuffer = Awaited<ReturnType<typeof asyncBufferFromFile>>;

interface Table {
  readonly path: string;
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  /** In the order of the file. */
  readonly columns: readonly { readonly name: string; readonly isNumber: boolean }[];
}

function listColumns({ children }: SchemaTree): Table['columns'] {
  return (
    children
      .map(({ element: { name, type }, children: { length } }) => ({
        name,
        isNumber: length === 0 && NUMBER_TYPES.has(type ?? ''),
      }))
      // What pandas calls its own index.
      .filter(({ name }) => !/^__index_level_\d+__$/.test(name))
  );
}

function listLeaves({ path, children }: SchemaTree): string[] {
  return children.length === 0 ? [path.join('.')] : children.flatMap(listLeaves);
}

/**
 * The library reads columns that no schema has without waiting for them, so that their errors would end the process, and
 * makes as many rows as it is told of.
 */
function assertConsistent({ row_groups: groups }: FileMetaData, schema: SchemaTree): void {
  const leaves = schema.children.flatMap(listLeaves).join();
  for (const { columns, num_rows: rows } of groups) {
    if (columns.map(({ meta_data: data }) => data?.path_in_schema.join('.')).join() !== leaves)
      throw new Error('its row groups have other columns than its schema');
    const values = columns.map(({ meta_data: data }) => data!.num_values);
    if (rows < 0 || rows > MOST_ROWS || values.some((count) => count < rows))
      throw new Error(`a row group of ${rows} rows has columns of ${values.join(', ')} values`);
  }
}

async function openTable(path: string): Promise<Table> {
  try {
    const buffer = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(buffer, { geoparquet: false });
    const schema = parquetSchema(metadata);
    assertConsistent(metadata, schema);
    return { path, buffer, metadata, columns: listColumns(schema) };
  } catch (error) {
    throw new UnreadableSourceError(path, null, `no whole parquet file: ${(error as Error).message}`);
  }
}

/** Columns of rewards, and of numbers that a reward function logged beside them, which look alike. */
function listRewards({ path, columns }: Table): string[] {
  const names = columns.map(({ name }) => name);
  const missing = OWN_COLUMNS.filter((name) => !names.includes(name));
  const rewards = columns
    .filter(({ name, isNumber }) => isNumber && !(OWN_COLUMNS as readonly string[]).includes(name))
    .map(({ name }) => name);
  if (missing.length === 0 && rewards.length > 0) return rewards;
  const lacks = missing.length > 0 ? missing.join(', ') : 'a column of numbers for each reward';
  throw new UnreadableSourceError(
    path,
    null,
    `a parquet file with the columns ${names.join(', ')} is no log of TRL's completions, which also has ${lacks}; ` +
      'another table is read as JSONL or CSV',
  );
}

function chooseReward({ path }: Table, rewards: readonly string[], { scorer }: ReadOptions): string {
  if (scorer === null) return rewards[0]!;
  if (rewards.includes(scorer)) return scorer;
  throw new UnreadableSourceError(
    path,
    null,
    `there is no reward ${JSON.stringify(scorer)}, found ${rewards.join(', ')}; choose one with --scorer`,
  );
}

async function* readRowGroups(table: Table, columns: string[]): AsyncGenerator<Row[]> {
  const { path, buffer, metadata } = table;
  let rowStart = 0;
  for (const [i, { num_rows: rows }] of metadata.row_groups.entries()) {
    const rowEnd = rowStart + Number(rows);
    try {
      yield await parquetReadObjects({ file: buffer, metadata, columns, compressors, rowStart, rowEnd });
    } catch (error) {
      throw new UnreadableSourceError(path, `row group ${i}`, `cannot be read: ${(error as Error).message}`);
    }
    rowStart = rowEnd;
  }
}

function toOutcome(value: unknown, reward: string): SampleOutcome {
  const score = typeof value === 'bigint' ? Number(value) : value;
  if (typeof score === 'number' && Number.isFinite(score)) return { kind: 'scored', score };
  // TRL writes NaN where a reward function returned None: it does not apply, or could not tell.
  return { kind: 'failed', reason: `${reward} gave no reward` };
}

async function* readSamples(table: Table, reward: string): AsyncGenerator<SourceSample> {
  let row = 0;
  for await (const rows of readRowGroups(table, ['prompt', 'completion', reward]))
    for (const { prompt, completion, [reward]: value } of rows) {
      row += 1;
      if (prompt === null || prompt === undefined)
        throw new UnreadableSourceError(table.path, `row ${row}`, 'it has no prompt');
      const text = messageText(prompt);
      yield {
        arm: null,
        seed: null,
        split: 'train',
        problemId: text,
        prompt: text,
        target: null,
        cluster: null,
        sample: null,
        outcome: toOutcome(value, reward),
        answer: null,
        completion: completion === null || completion === undefined ? null : messageText(completion),
        confidence: null,
        tokens: null,
      };
    }
}

/** Empty where the file has no row. */
async function readSteps(table: Table): Promise<Record<string, number>> {
  let first = Infinity;
  let last = -Infinity;
  for await (const rows of readRowGroups(table, ['step']))
    for (const { step } of rows) {
      first = Math.min(first, Number(step));
      last = Math.max(last, Number(step));
    }
  return first <= last ? { 'first step': first, 'last step': last } : {};
}

function listNotices(rewards: readonly string[], reward: string): string[] {
  const others = rewards.filter((name) => name !== reward);
  const choice = `the score is the reward ${reward}; there too: ${others.join(', ')} (--scorer NAME reads one)`;
  return [
    "TRL's rows are rollouts of training, sampled while the policy changed; rows of evaluations stand among them",
    ...(others.length > 0 ? [choice] : []),
  ];
}

/** What TRL's trainers write to `completions/` with `log_completions`: one file for each step that was logged. */
export const trlCompletions: ImportFormat = {
  name: 'TRL completions',
  description:
    "parquet of TRL's GRPOTrainer and its kin with log_completions: step, prompt, completion, rewards",
  recognizes: ({ container }) => container === 'parquet',
  async open({ path }, options) {
    const table = await openTable(path);
    const rewards = listRewards(table);
    const reward = chooseReward(table, rewards, options);
    const header: SourceHeader = {
      tool: 'trl',
      model: null,
      task: null,
      scorer: reward,
      scorers: rewards,
      settings: await readSteps(table),
      notices: listNotices(rewards, reward),
    };
    return { header, samples: readSamples(table, reward) };
  },
};
