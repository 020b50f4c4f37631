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

/** What decides verdicts from stored rows. */
const ANALYSIS = ['stats', 'reports/verdicts'] as const;

const programRoot = fileURLToPath(new URL('..', import.meta.url));
const hashes = new Map<string, string>();

function listSources(root: string, rooms: readonly string[]): string[] {
  return rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(test|fixture)\./.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/** SHA-256 of the sources in some rooms, by relative path, tests and their fixtures left out; read once per process. */
function hashRooms(root: string, rooms: readonly string[]): string {
  const key = [root, ...rooms].join('\n');
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const lines = listSources(root, rooms).map((path) => {
    const name = path.slice(root.length).replaceAll('\\', '/').replace(/^\//, '');
    return `${name} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  });
  const hash = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  hashes.set(key, hash);
  return hash;
}

/** Hash of the sources that decide a run's numbers. Any change counts, that of a comment too: what a change may do to a number cannot be read off it. */
export function hashSources(root = programRoot): string {
  return hashRooms(root, ROOMS);
}

/** Hash of the sources that decide verdicts from what runs recorded: the version of the analysis that a claim's lock names. */
export function hashAnalysis(root = programRoot): string {
  return hashRooms(root, ANALYSIS);
}
