import { realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize, sep } from 'node:path';
import { ArtifactPathError } from './artifact-errors.ts';

/**
 * Whether a file may be lost without harm, since the step that made it makes the same bytes again: the rollouts and shaped
 * batches of a training step. They are not synced to disk, and lie apart in a bucket so that a rule for their age may expire them.
 */
export function isTransient(path: string): boolean {
  return /^runs\/.+\/step-\d+\/[^/]+$/.test(path);
}

/**
 * The path without detours, as both stores name it.
 *
 * @throws {ArtifactPathError} when it leads out of `where`
 */
export function normalizeInside(path: string, where: string): string {
  const normal = normalize(path);
  if (path === '' || path.includes('\0') || isAbsolute(normal) || normal.split(sep).includes('..')) {
    throw new ArtifactPathError(
      `an artifact path stays inside ${where}; found ${JSON.stringify(path.slice(0, 200))}. ` +
        'The row or reference was changed by another program: put a whole copy of the database in its place',
    );
  }
  return normal;
}

/** The real path of a directory, or of the nearest one above it that exists. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return realPathOf(dirname(path));
  }
}

/**
 * The absolute path of a file below `root`, whose directory is there, too, once links are followed.
 *
 * @throws {ArtifactPathError} when the path, or a link on the way, leads out
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const target = join(root, normalizeInside(path, root));
  const realRoot = await realPathOf(root);
  const real = await realPathOf(dirname(target));
  // Where the root is not there yet, both are the nearest directory above it.
  if (real !== realRoot && !real.startsWith(realRoot.endsWith(sep) ? realRoot : `${realRoot}${sep}`))
    throw new ArtifactPathError(
      `an artifact path stays inside ${root}; ${dirname(target)} is a link to ${real}. ` +
        'Move that directory back in, or name the directory that holds it with --artifacts',
    );
  return target;
}
