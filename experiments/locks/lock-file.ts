import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../../config/canonical.ts';
import { BrokenLockError, parseLock, type ClaimLock } from '../../config/claim-lock.ts';
import { argumentOf, type DeclaredClaim } from '../load-claims.ts';
import type { ScaleName } from '../scales.ts';

const LOCKS_DIRECTORY = fileURLToPath(new URL('.', import.meta.url));

/** Variance components of claims that were run, from which the power of the next run is told (docs/claims.md). */
export const COMPONENTS_FILE = join(LOCKS_DIRECTORY, 'variance-components.csv');

/** Where a claim's lock is kept: in experiments/locks, or beside the file of a claim of one's own. */
export function lockPathOf(claim: Pick<DeclaredClaim, 'name' | 'file'>, scale: ScaleName): string {
  const { name, file } = claim;
  return argumentOf(claim) === name
    ? join(LOCKS_DIRECTORY, `${name}-${scale}.json`)
    : join(dirname(file), `${name}-${scale}.lock.json`);
}

/** Indented, members in canonical order: what changes between two locks is a few lines. */
export function toLockText(lock: ClaimLock): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(lock)), null, 2)}\n`;
}

/**
 * The lock at `path`; null: there is none.
 *
 * @throws {BrokenLockError} when it was changed by hand, or is something else
 */
export async function readLock(path: string): Promise<ClaimLock | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BrokenLockError(`${path}: not JSON: ${(error as Error).message}`);
  }
  return parseLock(value, path);
}

/** Written beside and renamed, so that there is never half a lock. */
export async function writeLock(path: string, lock: ClaimLock): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.part`;
  await writeFile(beside, toLockText(lock));
  await rename(beside, path);
}
