import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import type { ArtifactRef } from '../spec/plan.ts';

/** The file an artifact reference names is not there: restore it, or run the step that makes it again. */
export class ArtifactMissingError extends Error {
  override readonly name = 'ArtifactMissingError';
}

/** The file is there but its content is not what was recorded (half written, changed, disk fault). */
export class ArtifactDamagedError extends Error {
  override readonly name = 'ArtifactDamagedError';
}

/** A name that leads out of the store: whoever wrote it was not this program. */
export class ArtifactPathError extends Error {
  override readonly name = 'ArtifactPathError';
}

/** No room left on the disk; nothing was replaced. Free some space and run the same command again. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

/** Where tensors go between activities: written durably, named by content, verified on every read. */
export interface ArtifactStore {
  /** A reader sees the whole file or none. `{sha}` in `path` becomes the content's hash. */
  write(path: string, bytes: Uint8Array): Promise<ArtifactRef>;
  /** @throws {ArtifactMissingError} @throws {ArtifactDamagedError} */
  read(ref: ArtifactRef): Promise<Uint8Array>;
  /** Deletes a file; a missing one is fine, so that a repeated activity may repeat it. */
  remove(ref: ArtifactRef): Promise<void>;
}

/** The store whose files lie under one directory: written beside, synced, renamed. */
export interface DirectoryArtifactStore extends ArtifactStore {
  readonly directory: string;
  absolutePath(path: string): string;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The reference that content written as `template` gets. */
export function toArtifactRef(template: string, bytes: Uint8Array): ArtifactRef {
  const sha256 = sha256Of(bytes);
  return { path: template.replace('{sha}', sha256.slice(0, 16)), sha256, bytes: bytes.byteLength };
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Two writes of one file may be under way in one process. */
let writes = 0;

async function writeDurably(target: string, bytes: Uint8Array): Promise<void> {
  const directory = dirname(target);
  await mkdir(directory, { recursive: true });
  writes += 1;
  const beside = `${target}.${process.pid}-${writes}.partial`;
  try {
    const handle = await open(beside, 'w');
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, target);
    await syncDirectory(directory);
  } catch (error) {
    await rm(beside, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new DiskFullError(
        `no space left to write ${target} (${bytes.byteLength} bytes); nothing was replaced. Free some space and run the same command again`,
      );
    }
    throw error;
  }
}

async function readArtifact(target: string, ref: ArtifactRef): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ArtifactMissingError(
      `the artifact ${target} is missing (expected ${ref.bytes} bytes, sha256 ${ref.sha256}); restore it from a copy, ` +
        'or delete its run’s rows and launch the matrix again',
    );
  }
  if (bytes.byteLength !== ref.bytes || sha256Of(bytes) !== ref.sha256) {
    throw new ArtifactDamagedError(
      `the artifact ${target} is damaged: found ${bytes.byteLength} bytes with sha256 ${sha256Of(bytes)}, ` +
        `expected ${ref.bytes} bytes with sha256 ${ref.sha256}; restore it from a copy`,
    );
  }
  return bytes;
}

/** Opens the artifact store in `directory`; nothing is created until the first write. */
export function createArtifactStore(directory: string): DirectoryArtifactStore {
  const absolutePath = (path: string): string => {
    const normal = normalize(path);
    if (path === '' || path.includes('\0') || isAbsolute(normal) || normal.split(sep).includes('..')) {
      throw new ArtifactPathError(
        `an artifact path stays inside ${directory}; found ${JSON.stringify(path.slice(0, 200))}. ` +
          'The row or reference was changed by another program: put a whole copy of the database in its place',
      );
    }
    return join(directory, normal);
  };
  return {
    directory,
    absolutePath,
    write: async (template, bytes) => {
      const ref = toArtifactRef(template, bytes);
      await writeDurably(absolutePath(ref.path), bytes);
      return ref;
    },
    read: async (ref) => readArtifact(absolutePath(ref.path), ref),
    remove: async (ref) => rm(absolutePath(ref.path), { force: true }),
  };
}
