import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ArtifactDamagedError, ArtifactMissingError } from './artifact-errors.ts';
import { checkOwner } from './artifact-owner.ts';
import { resolveInside } from './artifact-path.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { listArtifacts, type ArtifactRow } from '../db/queries/artifacts.ts';
import { checkDatabase, type DatabaseCheck, type DatabaseFault } from '../db/store/check-database.ts';
import { openForInspection, readStoreId, type Database } from '../db/store/connection.ts';
import { openArtifactStore, type ArtifactLocation } from './artifact-location.ts';
import { createClassifier, type ArtifactState } from './classify-artifacts.ts';
import type { Home } from './home.ts';
import { findFile, listFiles, type FoundFile } from './list-files.ts';

/** Something of a home that is not as it was written, and how to mend it. */
export interface StoreFault {
  readonly kind: DatabaseFault['kind'] | 'missing' | 'damaged' | 'path';
  readonly where: string;
  readonly found: string;
  readonly mend: string;
}

export interface FileSum {
  readonly files: number;
  readonly bytes: number;
}

/** Files that no row promises. */
export interface UnrecordedFiles {
  /** Those that a run under way may still read, plans included. */
  readonly needed: FileSum;
  /** Files that nothing will read; `assay gc` removes them. */
  readonly orphans: readonly (FoundFile & { readonly state: ArtifactState })[];
  /** Files that no assay wrote. */
  readonly foreign: readonly FoundFile[];
}

export interface StoreCheck {
  /** As queue names, marker files and keys carry it; null when the database is not whole. */
  readonly storeId: string | null;
  readonly database: DatabaseCheck['contents'];
  /** Files that rows promise; each was read and hashed. */
  readonly artifacts: FileSum;
  /** Null where they were not listed: in a bucket, or when the database is not whole. */
  readonly unrecorded: UnrecordedFiles | null;
  readonly faults: readonly StoreFault[];
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const RESTORE =
  'put it back from a copy; without one, run its matrix again in another home (--home DIR), where the same rows come out';

/** null where the file is what its row says. */
async function checkArtifact(directory: string, row: ArtifactRow): Promise<StoreFault | null> {
  let path: string;
  try {
    path = await resolveInside(directory, row.path);
  } catch (error) {
    const mend = 'the database was changed by another program: put a whole copy of it in its place';
    return { kind: 'path', where: `artifacts, row ${row.path}`, found: (error as Error).message, mend };
  }
  const file = await findFile(directory, row.path);
  if (file === null)
    return { kind: 'missing', where: path, found: `no file; expected ${row.bytes} bytes`, mend: RESTORE };
  if (file.bytes !== row.bytes)
    return {
      kind: 'damaged',
      where: path,
      found: `${file.bytes} bytes, expected ${row.bytes}`,
      mend: RESTORE,
    };
  const sha256 = await hashFile(path);
  if (sha256 === row.sha256) return null;
  return { kind: 'damaged', where: path, found: `sha256 ${sha256}, expected ${row.sha256}`, mend: RESTORE };
}

/** Downloads one object; null where it is what its row says. */
async function checkObject(store: ArtifactStore, row: ArtifactRow): Promise<StoreFault | null> {
  try {
    await store.read(row);
    return null;
  } catch (error) {
    const isMissing = error instanceof ArtifactMissingError;
    if (!isMissing && !(error instanceof ArtifactDamagedError)) throw error;
    const kind = isMissing ? 'missing' : 'damaged';
    return { kind, where: row.path, found: error.message, mend: RESTORE };
  }
}

async function findFaults(
  rows: readonly ArtifactRow[],
  check: (row: ArtifactRow) => Promise<StoreFault | null>,
): Promise<StoreFault[]> {
  const faults: StoreFault[] = [];
  for (const row of rows) {
    const fault = await check(row);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

function sum(files: readonly { readonly bytes: number }[]): FileSum {
  return { files: files.length, bytes: files.reduce((bytes, file) => bytes + file.bytes, 0) };
}

async function listUnrecorded(directory: string, db: Database): Promise<UnrecordedFiles> {
  const { files } = await listFiles(directory);
  const classify = createClassifier(db, files);
  const states = files.map((file) => ({
    ...file,
    state: file.path.endsWith('.partial') ? ('partial' as const) : classify(file.path),
  }));
  return {
    needed: sum(states.filter(({ state }) => state === 'needed')),
    orphans: states.filter(({ state }) => !['recorded', 'needed', 'foreign'].includes(state)),
    foreign: states.filter(({ state }) => state === 'foreign').map(({ state: _, ...file }) => file),
  };
}

/** With an empty cache, since it is the objects that are in question and not this host's copies. */
async function checkObjects(
  location: ArtifactLocation,
  db: Database,
  rows: readonly ArtifactRow[],
): Promise<StoreFault[]> {
  const scratch = await mkdtemp(join(tmpdir(), 'assay-check-objects-'));
  try {
    const store = await openArtifactStore(location, { cacheDirectory: scratch, storeId: readStoreId(db) });
    return await findFaults(rows, (row) => checkObject(store, row));
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function checkArtifacts(
  location: ArtifactLocation,
  db: Database,
): Promise<Pick<StoreCheck, 'artifacts' | 'unrecorded' | 'faults'>> {
  const rows = listArtifacts(db).filter(({ isRetained }) => isRetained);
  const artifacts = sum(rows);
  if (location.kind === 'objects')
    return { artifacts, unrecorded: null, faults: await checkObjects(location, db, rows) };
  const { directory } = location;
  await checkOwner(directory, readStoreId(db));
  const unrecorded = await listUnrecorded(directory, db);
  return { artifacts, unrecorded, faults: await findFaults(rows, (row) => checkArtifact(directory, row)) };
}

/**
 * Reads the whole database and every file that its rows name, and compares what is there with what was written. Changes
 * nothing; may run beside a matrix. Files are looked at only when the database is whole and of this program's version.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} when it is no database at all
 * @throws {ArtifactOwnerError} when the files are another store's
 * @throws {ObjectStoreUnreachableError} @throws {ObjectStoreRefusedError}
 */
export async function checkStore(home: Home, location: ArtifactLocation): Promise<StoreCheck> {
  const db = openForInspection(home.database);
  try {
    const { faults, contents: database } = checkDatabase(db);
    const isReadable = !faults.some(({ kind }) => kind === 'page' || kind === 'schema');
    if (!isReadable)
      return { storeId: null, database, artifacts: { files: 0, bytes: 0 }, unrecorded: null, faults };
    const found = await checkArtifacts(location, db);
    return { storeId: readStoreId(db), database, ...found, faults: [...faults, ...found.faults] };
  } finally {
    db.$client.close();
  }
}
