import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
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

/** Where what decides verdicts from stored rows begins; of `stats/` only what it imports counts, so that a new estimator is no deviation of a lock. */
const VERDICTS = 'reports/verdicts';
const STATISTICS = 'stats';

const programRoot = fileURLToPath(new URL('..', import.meta.url));
const hashes = new Map<string, string>();

function listSources(root: string, rooms: readonly string[]): string[] {
  return rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(test|fixture)\./.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/** SHA-256 of sources by relative path, read once per process for each `root` and purpose. */
function hashFiles(root: string, purpose: string, list: () => readonly string[]): string {
  const key = `${purpose}\n${root}`;
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const lines = list().map((path) => {
    const name = relative(root, path).replaceAll('\\', '/');
    return `${name} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  });
  const hash = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
  hashes.set(key, hash);
  return hash;
}

/** The files that a source imports values from, or exports them again. */
function listImports(path: string): string[] {
  const imports = readFileSync(path, 'utf8').matchAll(
    /^(?:import|export)\s+(?!type\b)[^;]*?from\s+'(\.[^']+)'/gm,
  );
  return [...imports].map(([, specifier]) => join(dirname(path), specifier!));
}

/** All that sources import, themselves included. */
function listReached(entries: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...entries];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    open.push(...listImports(path));
  }
  return reached;
}

function listAnalysis(root: string): string[] {
  const verdicts = listSources(root, [VERDICTS]);
  const statistics = join(root, STATISTICS, '/');
  const reached = [...listReached(verdicts)].filter((path) => path.startsWith(statistics));
  return [...verdicts, ...reached];
}

/** Hash of the sources that decide a run's numbers. Any change counts, that of a comment too: what a change may do to a number cannot be read off it. */
export function hashSources(root = programRoot): string {
  return hashFiles(root, 'runs', () => listSources(root, ROOMS));
}

/** Hash of the sources that decide verdicts from what runs recorded: the version of the analysis that a claim's lock names. */
export function hashAnalysis(root = programRoot): string {
  return hashFiles(root, 'analysis', () => listAnalysis(root));
}
