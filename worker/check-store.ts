import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createArtifactStore } from '../activities/artifact-store.ts';
import { listArtifacts, type ArtifactRow } from '../db/artifacts.ts';
import { checkDatabase, type DatabaseCheck, type DatabaseFault } from '../db/check-database.ts';
import { openForInspection, type Database } from '../db/connection.ts';
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

export interface StoreCheck {
  readonly database: DatabaseCheck['contents'];
  /** Files that rows promise; each was read and hashed. */
  readonly artifacts: FileSum;
  /** Files without a row that a run under way may still read, plans included. */
  readonly needed: FileSum;
  /** Files that nothing will read; `assay gc` removes them. */
  readonly orphans: readonly (FoundFile & { readonly state: ArtifactState })[];
  /** Files that no assay wrote. */
  readonly foreign: readonly FoundFile[];
  readonly faults: readonly StoreFault[];
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

const RESTORE = 'put it back from a copy; without one, delete the run’s rows and run its matrix again';

/** null where the file is what its row says. */
async function checkArtifact(directory: string, row: ArtifactRow): Promise<StoreFault | null> {
  let path: string;
  try {
    path = createArtifactStore(directory).absolutePath(row.path);
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

async function checkArtifacts(directory: string, rows: readonly ArtifactRow[]): Promise<StoreFault[]> {
  const faults: StoreFault[] = [];
  for (const row of rows) {
    const fault = await checkArtifact(directory, row);
    if (fault !== null) faults.push(fault);
  }
  return faults;
}

function sum(files: readonly { readonly bytes: number }[]): FileSum {
  return { files: files.length, bytes: files.reduce((bytes, file) => bytes + file.bytes, 0) };
}

async function checkFiles(home: Home, db: Database) {
  const { files } = await listFiles(home.artifacts);
  const classify = createClassifier(db, files);
  const states = files.map((file) => ({
    ...file,
    state: file.path.endsWith('.partial') ? ('partial' as const) : classify(file.path),
  }));
  const rows = listArtifacts(db).filter(({ isRetained }) => isRetained);
  return {
    artifacts: sum(rows),
    needed: sum(states.filter(({ state }) => state === 'needed')),
    orphans: states.filter(({ state }) => !['recorded', 'needed', 'foreign'].includes(state)),
    foreign: states.filter(({ state }) => state === 'foreign').map(({ state: _, ...file }) => file),
    faults: await checkArtifacts(home.artifacts, rows),
  };
}

const NOTHING = { files: 0, bytes: 0 };

/**
 * Reads the whole database and every file that its rows name, and compares what is there with what was written. Changes
 * nothing; may run beside a matrix. Files are looked at only when the database is whole and of this program's version.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} when it is no database at all
 */
export async function checkStore(home: Home): Promise<StoreCheck> {
  const db = openForInspection(home.database);
  try {
    const { faults, contents: database } = checkDatabase(db);
    const isReadable = !faults.some(({ kind }) => kind === 'page' || kind === 'schema');
    if (!isReadable)
      return { database, artifacts: NOTHING, needed: NOTHING, orphans: [], foreign: [], faults };
    const found = await checkFiles(home, db);
    return { database, ...found, faults: [...faults, ...found.faults] };
  } finally {
    db.$client.close();
  }
}
