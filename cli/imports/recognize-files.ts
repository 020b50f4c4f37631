import { relative } from 'node:path';
import { importFormats, plainFormats } from '../../imports/formats/index.ts';
import type { ImportFormat } from '../../imports/import-format.ts';
import { openSourceFile, type SourceFile } from '../../imports/source-file.ts';
import { UnreadableSourceError } from '../../imports/unreadable-source-error.ts';
import { listSourceFiles } from './list-source-files.ts';

export interface RecognizedFile {
  readonly file: SourceFile;
  readonly format: ImportFormat;
}

/** The files of a source that are read, and what a reader has to know of those that are not. */
export interface RecognizedSource {
  readonly files: readonly RecognizedFile[];
  readonly notices: readonly string[];
}

const MOST_NAMED = 3;

export function isPlain(format: ImportFormat): boolean {
  return plainFormats.includes(format);
}

function describeFormats(): string {
  return importFormats.map(({ name, description }) => `${name} (${description})`).join('; ');
}

async function recognizeFile(path: string): Promise<RecognizedFile | null> {
  const file = await openSourceFile(path);
  const format = importFormats.find((one) => one.recognizes(file));
  return format === undefined ? null : { file, format };
}

async function recognizeAlone(path: string): Promise<RecognizedSource> {
  const recognized = await recognizeFile(path);
  if (recognized !== null) return { files: [recognized], notices: [] };
  throw new UnreadableSourceError(path, null, `of no known format; expected one of: ${describeFormats()}`);
}

function listNamed(what: string, named: readonly string[]): string[] {
  if (named.length === 0) return [];
  const more = named.length > MOST_NAMED ? ` and ${named.length - MOST_NAMED} more` : '';
  return [`${what}: ${named.slice(0, MOST_NAMED).join('; ')}${more}`];
}

/** Beside the logs of a tool lie tables of other things, which look like plain ones. */
function leavePlainOut(files: readonly RecognizedFile[]): readonly RecognizedFile[] {
  const ofTools = files.filter(({ format }) => !isPlain(format));
  return ofTools.length > 0 ? ofTools : files;
}

async function recognizeFolder(folder: string, paths: readonly string[]): Promise<RecognizedSource> {
  const recognized: RecognizedFile[] = [];
  const damaged = new Map<string, string>();
  const beside = new Set<string>();
  for (const path of paths) {
    try {
      const one = await recognizeFile(path);
      if (one?.format.isBeside?.(one.file) === true) beside.add(path);
      else if (one !== null) recognized.push(one);
    } catch (error) {
      if (!(error instanceof UnreadableSourceError)) throw error;
      damaged.set(path, error.message);
    }
  }
  const files = leavePlainOut(recognized);
  if (files.length === 0)
    throw new UnreadableSourceError(
      folder,
      null,
      `none of its ${paths.length} files is of a known format; expected one of: ${describeFormats()}`,
    );
  const read = new Set(files.map(({ file }) => file.path));
  const left = paths.filter((path) => !read.has(path) && !damaged.has(path) && !beside.has(path));
  return {
    files,
    notices: [
      ...listNamed('files that cannot be read', [...damaged.values()]),
      ...listNamed(
        'files that were left out, as no results',
        left.map((path) => relative(folder, path)),
      ),
    ],
  };
}

/**
 * Finds what a path holds.
 *
 * @throws UnreadableSourceError when nothing in it is of a known format
 */
export async function recognizeSource(source: string): Promise<RecognizedSource> {
  const paths = await listSourceFiles(source);
  const isAlone = paths.length === 1 && paths[0] === source;
  return isAlone ? recognizeAlone(source) : recognizeFolder(source, paths);
}
