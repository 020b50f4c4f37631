import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** A server, or a worker, that does not answer. */
export interface Silence {
  readonly type: string;
  readonly message: string;
}

/** Less free than this, and neither the Temporal server nor SQLite can write. */
const FULL_BYTES = 256 * 1024;

/** Bytes that may still be written where a file lies; null: the file system does not say. */
export function measureFree(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** What is wrong where the Temporal server or the store worker does not answer: a full disk, by far the most common cause, or the silence itself. */
export function nameSilence(silence: Silence, path: string, freeBytes = measureFree(path)): Silence {
  if (freeBytes === null || freeBytes >= FULL_BYTES) return silence;
  const message = `no space left where ${path} is kept (${Math.floor(freeBytes / 1024)} kB); free some`;
  return { type: 'DiskFullError', message };
}
