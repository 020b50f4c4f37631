import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openReadonlyDatabase } from '../db/connection.ts';
import type { ArtifactLocation } from './artifact-location.ts';
import { ABANDONED_MS, createClassifier, type ArtifactState } from './classify-artifacts.ts';
import type { Home } from './home.ts';
import { findFile, listFiles, type FoundFile } from './list-files.ts';

/** A file that nothing needs. */
export interface Garbage {
  /** Below the home, unless artifacts lie elsewhere. */
  readonly path: string;
  readonly bytes: number;
  readonly why: Extract<ArtifactState, 'superseded' | 'leftover' | 'partial'> | 'cache';
}

export interface Collection {
  readonly garbage: readonly Garbage[];
  readonly bytes: number;
  readonly keptFiles: number;
  readonly keptBytes: number;
}

/** A directory of the home with what it holds that may go, as it was when listed. */
interface Candidates {
  readonly directory: string;
  readonly prefix: string;
  readonly files: readonly (FoundFile & Pick<Garbage, 'why'>)[];
  readonly emptyDirectories: readonly string[];
  readonly kept: readonly FoundFile[];
}

const GARBAGE_STATES: ReadonlySet<string> = new Set(['superseded', 'leftover', 'partial']);

function isAbandoned(file: FoundFile, nowMs: number): boolean {
  return nowMs - file.modifiedMs > ABANDONED_MS;
}

/** The directory is listed before the rows are read, so that a file which a run makes meanwhile is never judged by older rows. */
async function findArtifacts(home: Home, directory: string, nowMs: number): Promise<Candidates> {
  const { files, emptyDirectories } = await listFiles(directory);
  const db = openReadonlyDatabase(home.database);
  const classify = createClassifier(db, files);
  db.$client.close();
  const stateOf = (file: FoundFile): string => {
    if (!file.path.endsWith('.partial')) return classify(file.path);
    return isAbandoned(file, nowMs) ? 'partial' : 'needed';
  };
  const states = files.map((file) => ({ file, state: stateOf(file) }));
  return {
    directory,
    prefix: directory === home.artifacts ? 'artifacts' : directory,
    files: states
      .filter(({ state }) => GARBAGE_STATES.has(state))
      .map(({ file, state }) => ({ ...file, why: state as Garbage['why'] })),
    emptyDirectories: emptyDirectories.filter((path) => classify(path) === 'leftover'),
    kept: states.filter(({ state }) => !GARBAGE_STATES.has(state)).map(({ file }) => file),
  };
}

/** Unfinished writes below `prefix`: a file, or a file in a directory, whose name ends in `.partial`. */
async function findUnfinished(
  home: Home,
  prefix: 'policies' | 'reports',
  nowMs: number,
): Promise<Candidates> {
  const { files, emptyDirectories } = await listFiles(home[prefix]);
  const isGarbage = (file: FoundFile): boolean =>
    /\.partial(\/|$)/.test(file.path) && isAbandoned(file, nowMs);
  return {
    directory: home[prefix],
    prefix,
    files: files.filter(isGarbage).map((file) => ({ ...file, why: 'partial' })),
    emptyDirectories: emptyDirectories.filter((path) => path.endsWith('.partial')),
    kept: files.filter((file) => !isGarbage(file)),
  };
}

/** Workflow bundles that earlier versions of the program kept in the home; they build theirs again when they need it. */
async function findBundles(home: Home, nowMs: number): Promise<Candidates> {
  const { files } = await listFiles(home.server);
  const isGarbage = (file: FoundFile): boolean =>
    /^workflow-bundle-[0-9a-f]+\.js(\.\d+)?$/.test(file.path) && isAbandoned(file, nowMs);
  return {
    directory: home.server,
    prefix: 'server',
    files: files.filter(isGarbage).map((file) => ({ ...file, why: 'cache' })),
    emptyDirectories: [],
    kept: files.filter((file) => !isGarbage(file)),
  };
}

/** Removes `directory` and those above it as long as they are empty, `root` excepted. */
async function removeEmpty(root: string, directory: string): Promise<void> {
  for (let path = directory; path !== '.' && path !== ''; path = dirname(path)) {
    try {
      await rmdir(join(root, path));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOTEMPTY' || code === 'EEXIST') return;
      if (code !== 'ENOENT') throw error;
    }
  }
}

/** Removes what is still as it was listed: a file written again since may have come into use. */
async function removeAll({ directory, files, emptyDirectories }: Candidates): Promise<void> {
  for (const file of files) {
    const now = await findFile(directory, file.path);
    if (now?.inode !== file.inode || now.modifiedMs !== file.modifiedMs) continue;
    await rm(join(directory, file.path), { force: true });
  }
  const emptied = new Set([...files.map(({ path }) => dirname(path)), ...emptyDirectories]);
  for (const path of emptied) await removeEmpty(directory, path);
}

/**
 * Finds the files of a home that no report, no resumed run, no reuse of runs and no base model needs, and removes them unless
 * `isDryRun`. May run beside a matrix. Never touches the database, trained policies, reports, logs or files that no assay
 * wrote. Objects of a bucket are left to the bucket's own rules, and a host's copies of them to their cache.
 *
 * @throws {DatabaseMissingError} without a database, since then every file would look useless
 */
export async function collectGarbage(
  home: Home,
  options: {
    readonly artifacts: ArtifactLocation;
    readonly isDryRun: boolean;
    readonly nowMs: number;
  },
): Promise<Collection> {
  const { artifacts, isDryRun, nowMs } = options;
  const candidates = [
    ...(artifacts.kind === 'objects' ? [] : [await findArtifacts(home, artifacts.directory, nowMs)]),
    await findUnfinished(home, 'policies', nowMs),
    await findUnfinished(home, 'reports', nowMs),
    await findBundles(home, nowMs),
  ];
  if (!isDryRun) for (const candidate of candidates) await removeAll(candidate);
  const garbage = candidates.flatMap(({ prefix, files }) =>
    files.map(({ path, bytes, why }) => ({ path: `${prefix}/${path}`, bytes, why })),
  );
  const kept = candidates.flatMap((candidate) => candidate.kept);
  return {
    garbage,
    bytes: garbage.reduce((sum, { bytes }) => sum + bytes, 0),
    keptFiles: kept.length,
    keptBytes: kept.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
