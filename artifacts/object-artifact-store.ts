import type { ArtifactRef } from '../config/plan.ts';
import { createArtifactCache } from './artifact-cache.ts';
import { ArtifactPathError } from './artifact-errors.ts';
import { assertContent, toMissing } from './artifact-files.ts';
import { isTransient, normalizeInside } from './artifact-path.ts';
import { toArtifactRef, type ArtifactStore } from './artifact-store.ts';
import type { Bucket } from './object-bucket.ts';

export interface ObjectStoreSettings {
  readonly bucket: Bucket;
  /** Without slashes at its ends; may be empty. */
  readonly prefix: string;
  /** Whose objects are read, written and deleted. */
  readonly storeId: string;
  /** Copies of what this host wrote or read. */
  readonly cacheDirectory: string;
  readonly cacheBytes: number;
}

/** The prefix of keys below folders, of which any may be empty. */
export function toKeyPrefix(...folders: readonly string[]): string {
  return folders
    .filter((folder) => folder !== '')
    .map((folder) => `${folder}/`)
    .join('');
}

/** `SHA256/PATH`, which no two contents share. */
function contentKey({ sha256, path }: ArtifactRef, where: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw new ArtifactPathError(
      `the SHA-256 of an artifact is part of its key in ${where}: expected 64 hexadecimal digits, found ${JSON.stringify(sha256.slice(0, 200))}. ` +
        'The row or reference was changed by another program: put a whole copy of the database in its place',
    );
  return `${sha256}/${normalizeInside(path, where)}`;
}

/** The artifact's path in a key below a store's prefix; null for a key that no assay gives. */
export function pathOfKey(key: string): string | null {
  return /^(?:kept|transient)\/[0-9a-f]{64}\/(.+)$/.exec(key)?.[1] ?? null;
}

/**
 * Artifacts as objects of an S3 bucket, for workers that share no folder. An object's key is `PREFIX/STORE/kept/SHA256/PATH`, or
 * `transient` in place of `kept`. Stores share a bucket and a prefix; content decides the rest, so no object is ever overwritten
 * with another, and two runs that make the same bytes each delete only their own.
 */
export function createObjectArtifactStore(settings: ObjectStoreSettings): ArtifactStore {
  const { bucket, prefix, storeId } = settings;
  const cache = createArtifactCache(settings.cacheDirectory, settings.cacheBytes);
  const own = toKeyPrefix(prefix, storeId);
  const where = `s3://${bucket.name}/${own}`;
  const keyOf = (ref: ArtifactRef): string =>
    `${own}${isTransient(ref.path) ? 'transient' : 'kept'}/${contentKey(ref, where)}`;
  /** Where versions without store ids wrote; it is read, and never written or deleted, since it may be of any home. */
  const sharedKeyOf = (ref: ArtifactRef): string => toKeyPrefix(prefix) + contentKey(ref, where);

  const download = async (ref: ArtifactRef, signal?: AbortSignal): Promise<Uint8Array> => {
    for (const key of [keyOf(ref), sharedKeyOf(ref)]) {
      const bytes = await bucket.get(key, ref, signal);
      if (bytes === null) continue;
      await assertContent(bytes, { ref, where: `s3://${bucket.name}/${key}`, signal });
      return bytes;
    }
    throw toMissing(`s3://${bucket.name}/${keyOf(ref)}`, ref);
  };

  return {
    write: async (template, bytes, { signal } = {}) => {
      const ref = await toArtifactRef(template, bytes, signal);
      await bucket.put(keyOf(ref), { bytes, sha256: ref.sha256 }, signal);
      await cache.put(ref, bytes);
      return ref;
    },
    read: async (ref, { signal } = {}) => {
      keyOf(ref);
      const copy = await cache.get(ref);
      if (copy !== null) return copy;
      const bytes = await download(ref, signal);
      await cache.put(ref, bytes);
      return bytes;
    },
    remove: async (ref) => {
      const key = keyOf(ref);
      await cache.drop(ref);
      await bucket.remove(key);
    },
  };
}
