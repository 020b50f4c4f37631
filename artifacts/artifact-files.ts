import { constants } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ArtifactRef } from '../config/plan.ts';
import {
  ArtifactDamagedError,
  ArtifactMissingError,
  ArtifactTooLargeError,
  DiskFullError,
} from './artifact-errors.ts';
import { hashContent } from './hash-content.ts';

const READ_BYTES = 64 * 2 ** 20;

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync().finally(() => handle.close());
}

/** A new directory survives a power cut once those above it are synced; one that holds only transient files need not. */
async function makeDirectory(directory: string, isDurable: boolean): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined || (!isDurable && first === directory)) return;
  for (let path = directory; path.length >= first.length; path = dirname(path))
    await syncDirectory(dirname(path));
}

/** Whoever removes the last file of a directory removes it too, which may be just after it was made. */
const DIRECTORY_TRIES = 5;

async function openNew(path: string, isDurable: boolean): Promise<FileHandle> {
  for (let tries = 1; ; tries += 1) {
    try {
      await makeDirectory(dirname(path), isDurable);
      return await open(path, 'wx');
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' || tries === DIRECTORY_TRIES) throw error;
    }
  }
}

/**
 * Writes a file beside and renames it, so that a reader sees all of it or nothing. What is durable survives a power cut.
 *
 * @throws {DiskFullError}
 */
export async function writeWhole(
  target: string,
  bytes: Uint8Array,
  options: { readonly isDurable: boolean; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { isDurable, signal } = options;
  // Several hosts may write one file, each with processes of the same number.
  const beside = `${target}.${randomUUID()}.partial`;
  try {
    const handle = await openNew(beside, isDurable);
    try {
      await handle.writeFile(bytes, { signal });
      if (isDurable) await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, target);
    if (isDurable) await syncDirectory(dirname(target));
  } catch (error) {
    await rm(beside, { force: true });
    if (signal?.aborted) throw signal.reason;
    if (codeOf(error) !== 'ENOSPC') throw error;
    throw new DiskFullError(
      `no space left to write ${target} (${bytes.byteLength} bytes); nothing was replaced. Free some space and run the same command again`,
    );
  }
}

/** Memory for a whole artifact. @throws {ArtifactTooLargeError} */
export function allocate(bytes: number, where: string): Buffer {
  if (bytes > constants.MAX_LENGTH)
    throw new ArtifactTooLargeError(
      `the artifact ${where} has ${bytes} bytes; Node ${process.versions.node} holds at most ${constants.MAX_LENGTH} in one piece. Use Node 22 or later`,
    );
  return Buffer.allocUnsafeSlow(bytes);
}

/** @throws {ArtifactDamagedError} when `bytes` are not what `ref` says */
export async function assertContent(
  bytes: Uint8Array,
  expected: { readonly ref: ArtifactRef; readonly where: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const { ref, where, signal } = expected;
  const sha256 = await hashContent(bytes, signal);
  if (bytes.byteLength === ref.bytes && sha256 === ref.sha256) return;
  throw new ArtifactDamagedError(
    `the artifact ${where} is damaged: found ${bytes.byteLength} bytes with sha256 ${sha256}, ` +
      `expected ${ref.bytes} bytes with sha256 ${ref.sha256}; restore it from a copy`,
  );
}

/** @throws {ArtifactDamagedError} when a file's size is not what `ref` says */
export function assertSize(found: number, ref: ArtifactRef, where: string): void {
  if (found === ref.bytes) return;
  throw new ArtifactDamagedError(
    `the artifact ${where} is damaged: found ${found} bytes, expected ${ref.bytes} bytes with sha256 ${ref.sha256}; restore it from a copy`,
  );
}

/** What lies at `where` is not there. */
export function toMissing(where: string, ref: ArtifactRef): ArtifactMissingError {
  return new ArtifactMissingError(
    `the artifact ${where} is missing (expected ${ref.bytes} bytes, sha256 ${ref.sha256}); restore it from a copy, ` +
      'or launch the matrix again in another home (--home DIR), where the same rows come out',
  );
}

/** One read of a file ends at 2 GiB. */
async function readSlices(handle: FileHandle, into: Buffer, signal?: AbortSignal): Promise<number> {
  let at = 0;
  while (at < into.byteLength) {
    signal?.throwIfAborted();
    const { bytesRead } = await handle.read(into, at, Math.min(READ_BYTES, into.byteLength - at), at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return at;
}

/** @throws {ArtifactMissingError} @throws {ArtifactDamagedError} @throws {ArtifactTooLargeError} */
export async function readWhole(target: string, ref: ArtifactRef, signal?: AbortSignal): Promise<Uint8Array> {
  const handle = await open(target, 'r').catch((error: unknown) => {
    throw codeOf(error) === 'ENOENT' ? toMissing(target, ref) : error;
  });
  try {
    assertSize((await handle.stat()).size, ref, target);
    const bytes = allocate(ref.bytes, target);
    assertSize(await readSlices(handle, bytes, signal), ref, target);
    await assertContent(bytes, { ref, where: target, signal });
    return bytes;
  } finally {
    await handle.close();
  }
}

/** Deletes a file, which may be gone, and its directory once that is empty, unless it is `root`. */
export async function removeFile(root: string, target: string): Promise<void> {
  await rm(target, { force: true });
  const directory = dirname(target);
  if (directory === root) return;
  await rmdir(directory).catch((error: unknown) => {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(codeOf(error) ?? '')) throw error;
  });
}
