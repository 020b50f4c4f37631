import { readdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { ArtifactRef } from '../config/plan.ts';
import { ArtifactDamagedError, ArtifactMissingError, DiskFullError } from './artifact-errors.ts';
import { readWhole, removeFile, writeWhole } from './artifact-files.ts';
import { resolveInside } from './artifact-path.ts';

/** Copies on this host of artifacts that lie elsewhere; losing any of them costs a download. */
export interface ArtifactCache {
  put(ref: ArtifactRef, bytes: Uint8Array): Promise<void>;
  /** The whole content, or null when there is no whole copy here. */
  get(ref: ArtifactRef): Promise<Uint8Array | null>;
  drop(ref: ArtifactRef): Promise<void>;
}

async function listFiles(directory: string): Promise<{ path: string; bytes: number; usedAt: number }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const listed = await Promise.all(
    files.map(async (entry) => {
      const absolute = join(entry.parentPath, entry.name);
      // Another worker of this host may have dropped it since.
      const found = await stat(absolute).catch(() => null);
      if (found === null) return [];
      return [{ path: relative(directory, absolute), bytes: found.size, usedAt: found.mtimeMs }];
    }),
  );
  return listed.flat().sort((a, b) => a.usedAt - b.usedAt);
}

function isUnusable(error: unknown): boolean {
  return error instanceof ArtifactMissingError || error instanceof ArtifactDamagedError;
}

/** A cache in `directory` that drops what was used longest ago beyond `capacityBytes`; a full disk only makes it useless. */
export function createArtifactCache(directory: string, capacityBytes: number): ArtifactCache {
  const root = resolve(directory);
  let sizes: Promise<Map<string, number>> | null = null;
  // In order of use: the first was used longest ago.
  const open = (): Promise<Map<string, number>> =>
    (sizes ??= listFiles(root).then((found) => new Map(found.map(({ path, bytes }) => [path, bytes]))));

  const drop = async (path: string): Promise<void> => {
    (await open()).delete(path);
    await removeFile(root, await resolveInside(root, path));
  };

  const touch = async (ref: ArtifactRef): Promise<void> => {
    const known = await open();
    known.delete(ref.path);
    known.set(ref.path, ref.bytes);
    let total = [...known.values()].reduce((sum, bytes) => sum + bytes, 0);
    for (const [path, bytes] of known) {
      if (total <= capacityBytes || path === ref.path) break;
      total -= bytes;
      await drop(path);
    }
  };

  return {
    put: async (ref, bytes) => {
      try {
        await writeWhole(await resolveInside(root, ref.path), bytes, { isDurable: false });
        await touch(ref);
      } catch (error) {
        if (!(error instanceof DiskFullError)) throw error;
      }
    },
    get: async (ref) => {
      try {
        const bytes = await readWhole(await resolveInside(root, ref.path), ref);
        await touch(ref);
        return bytes;
      } catch (error) {
        if (isUnusable(error)) return null;
        throw error;
      }
    },
    drop: (ref) => drop(ref.path),
  };
}
