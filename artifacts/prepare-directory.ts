import { mkdirSync, mkdtempSync, rmdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DiskFullError } from './artifact-errors.ts';

/** Nothing can be kept in a directory that a setting names: name another, or give a right. */
export class DirectoryUnusableError extends Error {
  override readonly name = 'DirectoryUnusableError';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you have no right to write there',
  EPERM: 'you have no right to write there',
  EROFS: 'its file system is read-only',
  ENOENT: 'its file system takes no new directories',
  ENOTDIR: 'a part of the path is a file',
};

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}

function isDirectory(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isDirectory()) return found !== undefined;
  throw Object.assign(new Error(path), { code: 'ENOTDIR' });
}

/** One level after the other: Node's own way of making all at once never ends where the system says of a new one that it is not there. */
function makeLevels(path: string): void {
  if (isDirectory(path)) return;
  makeLevels(dirname(path));
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    // Another command may have made it.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

/**
 * Makes a directory, for its owner alone, and makes sure that it can be written to.
 *
 * @param setting as the reader typed it, e.g. `--home (ASSAY_HOME)`
 * @throws {DirectoryUnusableError} @throws {DiskFullError}
 */
export function prepareDirectory(directory: string, setting: string): void {
  const path = resolve(directory);
  try {
    makeLevels(path);
    // Rights alone do not tell: the superuser has them all on a read-only disk.
    rmdirSync(mkdtempSync(join(path, '.writable-')));
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOSPC')
      throw new DiskFullError(
        `no space left in ${path}, which ${setting} names; free some and run the same command again`,
      );
    throw new DirectoryUnusableError(
      `${setting} is ${path}, where nothing can be kept: ${REASONS[code] ?? code}; expected a directory of your own`,
    );
  }
}
