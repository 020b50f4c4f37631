import type { Readable } from 'node:stream';
import { open as openZip, type Entry, type ZipFile } from 'yauzl';
import { createUnzstd } from './unzstd.ts';
import { UnreadableSourceError } from './unreadable-source-error.ts';

/** A file within a zip. */
export interface ZipEntry {
  readonly name: string;
  /** Decompressed. */
  readonly bytes: number;
}

/** Method numbers of the zip format that Inspect and others write. */
const STORED = 0;
const DEFLATE = 8;
const ZSTD = 93;

/** A larger text fits no string. */
const MOST_OF_ENTRY = 512 * 1024 * 1024 - 1024;

/** A zip that is read entry by entry, in any order. */
export interface OpenedZip {
  readonly entries: readonly ZipEntry[];
  /** @throws UnreadableSourceError when there is no such entry, or it is damaged */
  readText(name: string): Promise<string>;
  close(): void;
}

function openFile(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    openZip(path, { lazyEntries: true, autoClose: false }, (error, zip) =>
      error === null ? resolve(zip) : reject(error),
    ),
  );
}

function listEntries(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', reject);
    zip.readEntry();
  });
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  const isZstd = entry.compressionMethod === ZSTD;
  return new Promise((resolve, reject) =>
    zip.openReadStream(entry, isZstd ? { decodeFileData: false } : {}, (error, stream) => {
      if (error !== null) return reject(error);
      if (!isZstd) return resolve(stream);
      const decoder = createUnzstd();
      stream.on('error', (cause) => decoder.destroy(cause));
      resolve(stream.pipe(decoder));
    }),
  );
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<string> {
  if (![STORED, DEFLATE, ZSTD].includes(entry.compressionMethod))
    throw new Error(
      `compression method ${entry.compressionMethod}, known are ${STORED}, ${DEFLATE} and ${ZSTD}`,
    );
  if (entry.uncompressedSize > MOST_OF_ENTRY)
    throw new Error(`it holds ${entry.uncompressedSize} bytes, at most ${MOST_OF_ENTRY} can be read`);
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of await openEntry(zip, entry)) {
    bytes += (piece as Buffer).length;
    if (bytes > entry.uncompressedSize) break;
    pieces.push(piece as Buffer);
  }
  if (bytes !== entry.uncompressedSize)
    throw new Error(`it is damaged: it holds ${bytes} bytes or more, not ${entry.uncompressedSize}`);
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(pieces));
}

/**
 * Opens a zip whose entries are deflated, stored or compressed with zstd.
 *
 * @throws UnreadableSourceError when its directory is missing, as in a file that was cut, or damaged
 */
export async function openZipFile(path: string): Promise<OpenedZip> {
  let zip: ZipFile;
  let listed: Entry[];
  try {
    zip = await openFile(path);
    listed = await listEntries(zip);
  } catch (error) {
    throw new UnreadableSourceError(
      path,
      null,
      `no whole zip archive: ${(error as Error).message}; get a whole one`,
    );
  }
  const byName = new Map(listed.map((entry) => [entry.fileName, entry]));
  return {
    entries: listed.map((entry) => ({ name: entry.fileName, bytes: entry.uncompressedSize })),
    async readText(name) {
      const entry = byName.get(name);
      if (entry === undefined) throw new UnreadableSourceError(path, name, 'the archive has no such entry');
      try {
        return await readEntry(zip, entry);
      } catch (error) {
        throw new UnreadableSourceError(path, name, (error as Error).message);
      }
    },
    close: () => zip.close(),
  };
}
