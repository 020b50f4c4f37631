import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rooms that decide a run's numbers. Declarations, their problem files included, are part of the condition already. */
const ROOMS = [
  'activities',
  'artifacts',
  'config',
  'corpora',
  'datasets',
  'learning',
  'model',
  'probes',
  'random',
  'rollouts',
  'schemes',
  'tasks',
] as const;

const programRoot = fileURLToPath(new URL('..', import.meta.url));
const hashes = new Map<string, string>();

function listSources(root: string): string[] {
  return ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(test|fixture)\./.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/**
 * SHA-256 of the sources that decide a run's numbers, by relative path, tests and their fixtures left out; read once per process. Any change
 * counts, that of a comment too: what a change may do to a number cannot be read off it.
 */
export function hashSources(root = programRoot): string {
  const known = hashes.get(root);
  if (known !== undefined) return known;
  const lines = listSources(root).map((path) => {
    const name = path.slice(root.length).replaceAll('\\', '/').replace(/^\//, '');
    return `${name} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  });
  const hash = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  hashes.set(root, hash);
  return hash;
}
