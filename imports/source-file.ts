import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { createUnzstd } from './unzstd.ts';
import { openZipFile, type ZipEntry } from './zip-file.ts';
import { UnreadableSourceError } from './unreadable-source-error.ts';

/** One line of a text, without its end. */
export interface SourceLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A file of results, told apart by its first bytes. */
export interface SourceFile {
  readonly path: string;
  readonly container: 'text' | 'zip' | 'parquet';
  /** The first characters of the text, up to 64 Ki; empty in a zip and in parquet. */
  readonly head: string;
  /** What a zip holds; empty in other containers. */
  readonly entries: readonly ZipEntry[];
}

type Compression = 'none' | 'gzip' | 'zstd';

const HEAD_LENGTH = 65_536;
/** A longer line is no sample. */
const MOST_OF_LINE = 256 * 1024 * 1024;
const BYTE_ORDER_MARK = '\uFEFF';

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, i) => bytes[i] === byte);

async function readStart(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function findCompression(path: string): Promise<Compression> {
  const start = await readStart(path);
  if (startsWith(start, [0x1f, 0x8b])) return 'gzip';
  return startsWith(start, [0x28, 0xb5, 0x2f, 0xfd]) ? 'zstd' : 'none';
}

function decompressed(path: string, compression: Compression): Readable {
  const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
  if (compression === 'none') return bytes;
  const decoder = compression === 'gzip' ? createGunzip() : createUnzstd();
  // `pipe` does not hand on the errors of what it reads.
  bytes.on('error', (error) => decoder.destroy(error));
  return bytes.pipe(decoder);
}

const LINE_FEED = 0x0a;
const CANNOT = 'cannot be read as text';
/** The bytes of a letter of UTF-8, by its first; 0: none begins so. */
function letterLength(first: number): number {
  if (first >= 0xf0) return first <= 0xf4 ? 4 : 0;
  if (first >= 0xe0) return 3;
  return first >= 0xc2 ? 2 : 0;
}

/** Whether all is UTF-8 but the last letter, of which bytes are missing. */
function endsWithinLetter(line: Buffer): boolean {
  return [1, 2, 3].some((present) => {
    const start = line.length - present;
    if (start < 0 || letterLength(line[start]!) <= present) return false;
    return line.subarray(start + 1).every((byte) => byte >> 6 === 2) && isUtf8(line.subarray(0, start));
  });
}

/** Reads a text again up to the line that is no UTF-8. */
async function describeInvalid(path: string): Promise<UnreadableSourceError> {
  let number = 1;
  let pieces: Buffer[] = [];
  for await (const chunk of decompressed(path, await findCompression(path)) as AsyncIterable<Buffer>) {
    let from = 0;
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, from)) {
      const line = Buffer.concat([...pieces, chunk.subarray(from, at)]);
      if (!isUtf8(line))
        return new UnreadableSourceError(
          path,
          number,
          `it ${CANNOT}: expected UTF-8; write the file anew in it`,
        );
      number += 1;
      pieces = [];
      from = at + 1;
    }
    pieces.push(chunk.subarray(from));
  }
  const why = endsWithinLetter(Buffer.concat(pieces))
    ? 'it ends within a letter: the file was probably cut; get a whole copy, or write it anew'
    : `it ${CANNOT}: expected UTF-8; write the file anew in it`;
  return new UnreadableSourceError(path, number, why);
}

function isInvalidText(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
}

/**
 * The text of a file, gzip and zstd undone, piece by piece.
 *
 * @throws UnreadableSourceError when it is compressed and damaged, or is no UTF-8
 */
export async function* readChunks({ path }: Pick<SourceFile, 'path'>): AsyncGenerator<string> {
  const stream = decompressed(path, await findCompression(path));
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const bytes of stream) yield decoder.decode(bytes as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (isInvalidText(error)) throw await describeInvalid(path);
    throw new UnreadableSourceError(path, null, `its text cannot be read: ${(error as Error).message}`);
  } finally {
    stream.destroy();
  }
}

/**
 * The lines of a text that are not blank.
 *
 * @throws UnreadableSourceError as `readChunks`, and when a line is longer than 256 Mi characters
 */
export async function* readLines(file: Pick<SourceFile, 'path'>): AsyncGenerator<SourceLine> {
  let number = 0;
  let rest = '';
  for await (const chunk of readChunks(file)) {
    // A long line comes in many pieces: splitting all of it anew at each of them would take quadratic time.
    const pieces = chunk.includes('\n') ? (rest + chunk).split('\n') : [rest + chunk];
    rest = pieces.pop()!;
    if (rest.length > MOST_OF_LINE)
      throw new UnreadableSourceError(file.path, number + 1, 'the line is longer than 256 Mi characters');
    for (const piece of pieces) {
      number += 1;
      const text = number === 1 && piece.startsWith(BYTE_ORDER_MARK) ? piece.slice(1) : piece;
      if (text.trim() !== '') yield { number, text };
    }
  }
  const last = number === 0 && rest.startsWith(BYTE_ORDER_MARK) ? rest.slice(1) : rest;
  if (last.trim() !== '') yield { number: number + 1, text: last };
}

async function readHead(path: string): Promise<string> {
  let head = '';
  for await (const chunk of readChunks({ path })) {
    head += chunk;
    if (head.length >= HEAD_LENGTH) break;
  }
  return (head.startsWith(BYTE_ORDER_MARK) ? head.slice(1) : head).slice(0, HEAD_LENGTH);
}

/**
 * Looks at a file, without reading all of it.
 *
 * @throws UnreadableSourceError when it is empty, or neither text nor a container that is known
 */
export async function openSourceFile(path: string): Promise<SourceFile> {
  const start = await readStart(path);
  if (start.length === 0) throw new UnreadableSourceError(path, null, 'the file is empty');
  if (startsWith(start, [0x50, 0x4b])) {
    const zip = await openZipFile(path);
    zip.close();
    return { path, container: 'zip', head: '', entries: zip.entries };
  }
  if (startsWith(start, [0x50, 0x41, 0x52, 0x31]))
    return { path, container: 'parquet', head: '', entries: [] };
  return { path, container: 'text', head: await readHead(path), entries: [] };
}
