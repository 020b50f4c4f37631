import { copyFileSync, existsSync, readdirSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';

/** Size in bytes from which a log gives way to an empty one. */
const MAX_LOG_BYTES = 8 * 1024 * 1024;

/** Earlier parts of a log that are kept, `.1` the latest. */
const KEPT_PARTS = 3;

function rotate(path: string): void {
  for (let part = KEPT_PARTS - 1; part >= 1; part -= 1) {
    if (existsSync(`${path}.${part}`)) renameSync(`${path}.${part}`, `${path}.${part + 1}`);
  }
  // Copied and cut rather than renamed: processes hold the file open and go on appending to it.
  copyFileSync(path, `${path}.1`);
  truncateSync(path);
}

/**
 * Rotates every log of a directory that has grown too large. Processes may write meanwhile, if they append: what one
 * writes between copy and cut, a few milliseconds, is lost.
 */
export function rotateLogs(directory: string, maxBytes = MAX_LOG_BYTES): void {
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (!name.endsWith('.log') || statSync(path).size <= maxBytes) continue;
    try {
      rotate(path);
    } catch (error) {
      // A log is no reason to end a matrix; with room on the disk the next attempt succeeds.
      console.error(`the log ${path} cannot be rotated: ${(error as Error).message}`);
    }
  }
}
