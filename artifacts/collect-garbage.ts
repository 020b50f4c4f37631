import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { checkOwner, claimDirectory } from './artifact-owner.ts';
import { openReadonlyDatabase, readStoreId } from '../db/store/connection.ts';
import { openLocationBucket, type ArtifactLocation } from './artifact-location.ts';
import {
  ABANDONED_MS,
  createClassifier,
  isRemovable,
  type ArtifactState,
  type GarbageState,
} from './classify-artifacts.ts';
import { findObjects, removeObjects } from './collect-objects.ts';
import type { Home } from './home.ts';
import { findFile, listFiles, type FoundFile } from './list-files.ts';

/** A file that nothing needs. */
export interface Garbage {
  /** Below the home, unless artifacts lie elsewhere; an object's key. */
  readonly path: string;
  readonly bytes: number;
  readonly why: GarbageState | 'cache';
}

/** A file that could not be removed: the system or the bucket refuses. */
export interface LeftFile {
  readonly path: string;
  readonly reason: string;
}

export interface Collection {
  readonly garbage: readonly Garbage[];
  /** What was freed, or would be. */
  readonly bytes: number;
  /** Garbage that is still there. */
  readonly left: readonly LeftFile[];
  readonly keptFiles: number;
  readonly keptBytes: number;
}

export interface CollectOptions {
  readonly artifacts: ArtifactLocation;
  readonly isDryRun: boolean;
  readonly nowMs: number;
}

type Part = Pick<Collection, 'garbage' | 'left'> & { readonly kept: readonly { readonly bytes: number }[] };

/** A directory of the home with what it holds that may go, as it was when listed. */
interface Candidates {
  readonly directory: string;
  readonly prefix: string;
  readonly files: readonly (FoundFile & Pick<Garbage, 'why'>)[];
  readonly emptyDirectories: readonly string[];
  readonly kept: readonly FoundFile[];
}

function isAbandoned(file: FoundFile, nowMs: number): boolean {
  return nowMs - file.modifiedMs > ABANDONED_MS;
}

/** The directory is listed before the rows are read, so that a file which a run makes meanwhile is never judged by older rows. */
async function findArtifacts(home: Home, directory: string, options: CollectOptions): Promise<Candidates> {
  const { isDryRun, nowMs } = options;
  const { files, emptyDirectories } = await listFiles(directory);
  const db = openReadonlyDatabase(home.database);
  const storeId = readStoreId(db);
  const classify = createClassifier(db, files);
  db.$client.close();
  const mayClaim = !isDryRun && files.length > 0;
  const owner = await (mayClaim ? claimDirectory : checkOwner)(directory, storeId);
  const stateOf = (file: FoundFile): ArtifactState => {
    if (!file.path.endsWith('.partial')) return classify(file.path);
    return isAbandoned(file, nowMs) ? 'partial' : 'needed';
  };
  const times = { sinceMs: owner === null ? nowMs : Date.parse(owner.since), nowMs };
  const states = files.map((file) => ({ ...file, state: stateOf(file) }));
  return {
    directory,
    prefix: directory === home.artifacts ? 'artifacts' : directory,
    files: states
      .filter((file) => isRemovable(file, times))
      .map((file) => ({ ...file, why: file.state as GarbageState })),
    emptyDirectories: emptyDirectories.filter((path) => classify(path) === 'leftover'),
    kept: states.filter((file) => !isRemovable(file, times)),
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
      // It is not empty, or may not be removed: either way it costs nothing.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return;
    }
  }
}

/** Removes what is still as it was listed: a file written again since may have come into use. Returns what the system refuses. */
async function removeAll(candidates: Candidates): Promise<LeftFile[]> {
  const { directory, prefix, files, emptyDirectories } = candidates;
  const left: LeftFile[] = [];
  for (const file of files) {
    try {
      const now = await findFile(directory, file.path);
      if (now?.inode !== file.inode || now.modifiedMs !== file.modifiedMs) continue;
      await rm(join(directory, file.path), { force: true });
    } catch (error) {
      left.push({ path: `${prefix}/${file.path}`, reason: (error as Error).message });
    }
  }
  const emptied = new Set([...files.map(({ path }) => dirname(path)), ...emptyDirectories]);
  for (const path of emptied) await removeEmpty(directory, path);
  return left;
}

/** Objects of this home's store, and their removal. */
async function collectObjects(
  home: Home,
  location: Extract<ArtifactLocation, { kind: 'objects' }>,
  { isDryRun, nowMs }: CollectOptions,
): Promise<Part> {
  const bucket = await openLocationBucket(location);
  const { garbage, kept } = await findObjects(home, { bucket, location, nowMs });
  return {
    garbage: garbage.map(({ key, bytes, state }) => ({ path: key, bytes, why: state })),
    left: isDryRun ? [] : await removeObjects(bucket, garbage),
    kept,
  };
}

/** Files of the home itself, and of the directory of artifacts if they lie in one. */
async function collectFiles(home: Home, options: CollectOptions): Promise<Part> {
  const { artifacts, isDryRun, nowMs } = options;
  const candidates = [
    ...(artifacts.kind === 'objects' ? [] : [await findArtifacts(home, artifacts.directory, options)]),
    await findUnfinished(home, 'policies', nowMs),
    await findUnfinished(home, 'reports', nowMs),
    await findBundles(home, nowMs),
  ];
  const left: LeftFile[] = [];
  if (!isDryRun) for (const candidate of candidates) left.push(...(await removeAll(candidate)));
  const garbage = candidates.flatMap(({ prefix, files }) =>
    files.map(({ path, bytes, why }) => ({ path: `${prefix}/${path}`, bytes, why })),
  );
  return { garbage, left, kept: candidates.flatMap((candidate) => candidate.kept) };
}

/**
 * Finds the files of a home that no report, no resumed run, no reuse of runs and no base model needs, and removes them unless
 * `isDryRun`. May run beside a matrix. Never touches the database, trained policies, reports, logs, files that no assay wrote or
 * files of another home; a host's copies of objects are left to their cache. What cannot be removed is listed, not thrown.
 *
 * @throws {DatabaseMissingError} without a database, since then every file would look useless
 * @throws {ArtifactOwnerError} when the directory of artifacts is another home's
 */
export async function collectGarbage(home: Home, options: CollectOptions): Promise<Collection> {
  const { artifacts } = options;
  const parts = [
    ...(artifacts.kind === 'objects' ? [await collectObjects(home, artifacts, options)] : []),
    await collectFiles(home, options),
  ];
  const garbage = parts.flatMap((part) => part.garbage);
  const left = parts.flatMap((part) => part.left);
  const kept = parts.flatMap((part) => part.kept);
  const isLeft = new Set(left.map(({ path }) => path));
  return {
    garbage,
    left,
    bytes: sumBytes(garbage.filter(({ path }) => !isLeft.has(path))),
    keptFiles: kept.length,
    keptBytes: sumBytes(kept),
  };
}

function sumBytes(files: readonly { readonly bytes: number }[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}
