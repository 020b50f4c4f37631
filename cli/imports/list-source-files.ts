import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableSourceError } from '../../imports/unreadable-source-error.ts';

/** A file as it lies on the disk. */
export interface HashedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

async function listFolder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const paths = visible
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((entry) => ({ path: join(folder, entry.name), isFolder: entry.isDirectory() }));
  const nested = await Promise.all(
    paths.map(({ path, isFolder }) => (isFolder ? listFolder(path) : Promise.resolve([path]))),
  );
  return nested.flat();
}

/**
 * The file itself, or the files of a folder and of the folders in it, sorted; hidden ones are left out.
 *
 * @throws UnreadableSourceError when there is no such path
 */
export async function listSourceFiles(source: string): Promise<string[]> {
  try {
    return (await stat(source)).isDirectory() ? await listFolder(source) : [source];
  } catch (error) {
    throw new UnreadableSourceError(source, null, `cannot be read: ${(error as Error).message}`);
  }
}

/** @throws UnreadableSourceError when it cannot be read to its end */
export async function hashFile(path: string): Promise<HashedFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) {
      hash.update(piece as Buffer);
      bytes += (piece as Buffer).length;
    }
  } catch (error) {
    throw new UnreadableSourceError(path, null, `cannot be read: ${(error as Error).message}`);
  }
  return { path, sha256: hash.digest('hex'), bytes };
}
