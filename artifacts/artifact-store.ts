import { resolve } from 'node:path';
import type { ArtifactRef } from '../config/plan.ts';
import { ArtifactPathError } from './artifact-errors.ts';
import { readWhole, removeFile, writeWhole } from './artifact-files.ts';
import { checkOwner, claimDirectory } from './artifact-owner.ts';
import { isTransient, resolveInside } from './artifact-path.ts';
import { hashContent } from './hash-content.ts';

/** How a caller may end a transfer: it then throws the signal's reason. */
export interface TransferOptions {
  readonly signal?: AbortSignal;
}

/** Where tensors go between activities: named by content, verified on every read, owned by one store. */
export interface ArtifactStore {
  /**
   * A reader sees the whole file or none. `{sha}` in `path` becomes the content's hash. Survives a power cut, except what
   * `isTransient` says may be made again.
   *
   * @throws {ArtifactPathError} @throws {ArtifactOwnerError} @throws {DiskFullError}
   */
  write(path: string, bytes: Uint8Array, options?: TransferOptions): Promise<ArtifactRef>;
  /** @throws {ArtifactMissingError} @throws {ArtifactDamagedError} @throws {ArtifactOwnerError} */
  read(ref: ArtifactRef, options?: TransferOptions): Promise<Uint8Array>;
  /** Deletes a file; a missing one is fine, so that a repeated activity may repeat it. */
  remove(ref: ArtifactRef): Promise<void>;
}

/** The reference that content written as `template` gets. */
export async function toArtifactRef(
  template: string,
  bytes: Uint8Array,
  signal?: AbortSignal,
): Promise<ArtifactRef> {
  const sha256 = await hashContent(bytes, signal);
  return { path: template.replace('{sha}', sha256.slice(0, 16)), sha256, bytes: bytes.byteLength };
}

/** Calls `body` until it has succeeded once. */
function once<Result>(body: () => Promise<Result>): () => Promise<Result> {
  let done: Promise<Result> | null = null;
  return () =>
    (done ??= body().catch((error: unknown) => {
      done = null;
      throw error;
    }));
}

/**
 * Opens the artifacts of a store in `directory`; nothing is created until the first write, which makes the directory the
 * store's own.
 */
export function createArtifactStore(directory: string, storeId: string): ArtifactStore {
  const root = resolve(directory);
  const check = once(() => checkOwner(root, storeId));
  const claim = once(() => claimDirectory(root, storeId));
  return {
    write: async (template, bytes, { signal } = {}) => {
      const ref = await toArtifactRef(template, bytes, signal);
      const target = await resolveInside(root, ref.path);
      await claim();
      await writeWhole(target, bytes, { isDurable: !isTransient(ref.path), signal });
      return ref;
    },
    read: async (ref, { signal } = {}) => {
      const target = await resolveInside(root, ref.path);
      await check();
      return readWhole(target, ref, signal);
    },
    remove: async (ref) => {
      const target = await resolveInside(root, ref.path);
      await check();
      await removeFile(root, target);
    },
  };
}

/**
 * Deletes what no one needs once a commit is done. What a store does not delete stays for `assay gc`, and one line says so:
 * the commit holds in any case.
 *
 * @throws {ArtifactPathError} when a reference leads out of the store
 */
export async function removeAll(artifacts: ArtifactStore, refs: readonly ArtifactRef[]): Promise<void> {
  for (const [removed, ref] of refs.entries()) {
    try {
      await artifacts.remove(ref);
    } catch (error) {
      if (error instanceof ArtifactPathError) throw error;
      const { name, message } = error as Error;
      console.error(
        `${refs.length - removed} files are left to \`assay gc\`, from ${ref.path} on: ${name}: ${message}`,
      );
      return;
    }
  }
}
