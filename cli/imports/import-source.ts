import { basename, relative, resolve } from 'node:path';
import { canonicalJson, fingerprint } from '../../config/canonical.ts';
import {
  chooseImportName,
  findImport,
  removeAbandonedImports,
  removeImportRows,
  requireImport,
  type ImportRecord,
} from '../../db/queries/imports.ts';
import { beginImport } from '../../db/queries/record-import.ts';
import type { Database } from '../../db/store/connection.ts';
import type { OpenedSource, ReadOptions } from '../../imports/import-format.ts';
import type { SourceSample } from '../../imports/source-sample.ts';
import { UnreadableSourceError } from '../../imports/unreadable-source-error.ts';
import { hashFile } from './list-source-files.ts';
import { mergeHeaders } from './merge-headers.ts';
import { count } from './problem-register.ts';
import { isPlain, recognizeSource, type RecognizedFile, type RecognizedSource } from './recognize-files.ts';
import { RepeatedFileFilter } from './skip-repeated-files.ts';
import { SampleJoiner } from './sample-joiner.ts';

/** Another import has the name that was asked for. */
export class ImportNameTakenError extends Error {
  override readonly name = 'ImportNameTakenError';
}

export interface ImportRequest {
  /** A file, or a folder of them. */
  readonly source: string;
  /** Null: after the source. */
  readonly name: string | null;
  readonly options: ReadOptions;
  /** Told from time to time how many samples were read. */
  readonly onProgress?: (samples: number) => void;
}

export interface ImportResult {
  readonly record: ImportRecord;
  /** False: the same files, read with the same options, were there already. */
  readonly isNew: boolean;
}

const KNOWN_ENDINGS = /\.(?:jsonl|ndjson|json|csv|tsv|txt|eval|parquet)(?:\.(?:gz|zst))?$/i;

/** What an import of a path is called, if nothing else is. */
export function nameAfter(source: string): string {
  const name = basename(resolve(source)).replace(KNOWN_ENDINGS, '');
  return name.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, '-') || 'import';
}

function chooseName(db: Database, { source, name }: ImportRequest): string {
  if (name === null) return chooseImportName(db, nameAfter(source));
  const taken = findImport(db, name);
  if (taken?.name !== name) return name;
  throw new ImportNameTakenError(
    `--name ${name}: an import of ${taken.source} has that name since ${taken.createdAt}; choose another, or remove it first: ` +
      `assay import rm ${name}`,
  );
}

interface OpenedFile extends RecognizedFile {
  readonly opened: OpenedSource;
}

async function openFiles(files: readonly RecognizedFile[], options: ReadOptions): Promise<OpenedFile[]> {
  const [given] = Object.keys(options.fields);
  const opened: OpenedFile[] = [];
  for (const { file, format } of files) {
    if (given !== undefined && !isPlain(format))
      throw new UnreadableSourceError(
        file.path,
        null,
        `it is ${format.name}, whose fields are known; --field ${given} is for plain JSONL and CSV`,
      );
    opened.push({ file, format, opened: await format.open(file, options) });
  }
  return opened;
}

/** Where files of one source tell of several models or tasks, each model is an arm and each task a split. */
function createPlacing(files: readonly OpenedFile[]) {
  const hasSeveral = (name: 'model' | 'task'): boolean =>
    new Set(files.map(({ opened }) => opened.header[name])).size > 1;
  const [models, tasks] = [hasSeveral('model'), hasSeveral('task')];
  return (sample: SourceSample, { opened: { header } }: OpenedFile): SourceSample => {
    if (!models && !tasks) return sample;
    const arm = models ? (sample.arm ?? header.model) : sample.arm;
    const splits = [...(tasks && header.task !== null ? [header.task] : []), sample.split ?? ''];
    return { ...sample, arm, split: splits.filter((part) => part !== '').join('/') || null };
  };
}

async function joinFiles(
  files: readonly OpenedFile[],
  joiner: SampleJoiner,
  onProgress: ImportRequest['onProgress'],
): Promise<string[]> {
  const place = createPlacing(files);
  const filter = new RepeatedFileFilter();
  for (const file of files) {
    const { samples } = file.opened;
    for await (const sample of files.length === 1 ? samples : filter.read(samples))
      if (joiner.add(place(sample, file))) onProgress?.(joiner.samples);
  }
  const { repeated } = filter;
  return repeated === 0
    ? []
    : [`${count(repeated, 'file holds', 'files hold')} the samples of the file before, and were left out`];
}

function describeSource(source: string, files: readonly OpenedFile[]) {
  const headers = files.map(({ file, opened }) => ({
    file: relative(source, file.path) || basename(file.path),
    header: opened.header,
  }));
  const { notices, ...header } = mergeHeaders(headers);
  const format = [...new Set(files.map(({ format: { name } }) => name))].join(', ');
  return { format, header: canonicalJson(header), notices };
}

async function writeImport(
  db: Database,
  request: ImportRequest & { readonly id: string; readonly sha256: string; readonly bytes: number },
  { files: recognized, notices }: RecognizedSource,
): Promise<void> {
  const { id, source, sha256, bytes, onProgress } = request;
  const files = await openFiles(recognized, request.options);
  const described = describeSource(source, files);
  const writer = beginImport(db, { source, sha256, bytes });
  try {
    const joiner = new SampleJoiner(writer);
    const skipped = await joinFiles(files, joiner, onProgress);
    const checks = joiner.finish();
    if (joiner.samples === 0) throw new UnreadableSourceError(source, null, 'it holds no sample');
    writer.complete({
      ...described,
      id,
      name: chooseName(db, request),
      notices: [...notices, ...described.notices, ...skipped, ...checks],
    });
  } catch (error) {
    removeImportRows(db, writer.key);
    throw error;
  }
}

/**
 * Reads a file, or all that a folder holds, into the store. Reading the same content in the same way again changes nothing.
 *
 * @throws UnreadableSourceError @throws ImportNameTakenError @throws ImportExistsError
 */
export async function importSource(db: Database, request: ImportRequest): Promise<ImportResult> {
  removeAbandonedImports(db);
  const recognized = await recognizeSource(request.source);
  const hashed = [];
  for (const { file } of recognized.files) hashed.push(await hashFile(file.path));
  const hashes = hashed.map(({ sha256 }) => sha256);
  const id = fingerprint({ files: hashes, options: request.options });
  const known = findImport(db, id);
  if (known !== null) return { record: known, isNew: false };
  chooseName(db, request);
  const sha256 = hashes.length === 1 ? hashes[0]! : fingerprint(hashes);
  const bytes = hashed.reduce((sum, file) => sum + file.bytes, 0);
  await writeImport(db, { ...request, id, sha256, bytes }, recognized);
  return { record: requireImport(db, id), isNew: true };
}
