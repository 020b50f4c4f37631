import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { assertWholeLength } from './check-length.ts';
import {
  codeOf,
  DatabaseDamagedError,
  DatabaseInUseError,
  DatabaseMissingError,
  DatabaseTooOldError,
  toTypedFault,
} from './database-faults.ts';
import { BUSY_TIMEOUT_MS, countApplied, migrateStore, readVersion } from './migrate-store.ts';
import * as schema from '../schema.ts';

export type Database = BetterSQLite3Database<typeof schema> & { $client: SqliteDatabase.Database };

/** A log that a long read let grow is cut back to this, in bytes. */
const LOG_BYTES_KEPT = 64 * 1024 ** 2;

/** Gives a new store, or one older than identities, its own. */
function ensureIdentity(db: Database): void {
  if (findStoreId(db) !== null) return;
  writeTransaction(db, (tx) => {
    if (findStoreId(tx) !== null) return;
    tx.insert(schema.stores).values({ id: randomUUID(), createdAt: new Date().toISOString() }).run();
  });
}

function findStoreId(db: Database): string | null {
  return db.select({ id: schema.stores.id }).from(schema.stores).get()?.id ?? null;
}

/** The identity of an opened store. */
export function readStoreId(db: Database): string {
  const id = findStoreId(db);
  if (id === null)
    throw new DatabaseDamagedError(
      `the database ${db.$client.name} has no identity; put a whole copy in its place`,
    );
  return id;
}

/** Runs `body` on a newly opened file; what goes wrong closes it and gets its type. */
function openFile(
  path: string,
  mode: { readonly readonly: boolean },
  body: (db: Database) => void,
): Database {
  let client: SqliteDatabase.Database | undefined;
  try {
    client = new SqliteDatabase(path, { ...mode, timeout: BUSY_TIMEOUT_MS });
    assertWholeLength(client);
    const db = drizzle(client, { schema });
    body(db);
    return db;
  } catch (error) {
    client?.close();
    throw toOpeningFault(error, path);
  }
}

/** What holds a store against every opener is a migration. */
function toOpeningFault(error: unknown, path: string): unknown {
  if (codeOf(error) !== 'SQLITE_BUSY') return toTypedFault(error, path);
  return new DatabaseInUseError(
    `the database ${path} is held by another process, probably while it is brought up to date; ` +
      'run the same command again when that is done',
  );
}

/** Settings of a connection that writes. */
function prepareWriter({ $client }: Database): void {
  $client.pragma('synchronous = full');
  // macOS acknowledges an ordinary fsync before the disk has the data; elsewhere these change nothing.
  $client.pragma('fullfsync = on');
  $client.pragma('checkpoint_fullfsync = on');
  $client.pragma(`journal_size_limit = ${LOG_BYTES_KEPT}`);
  $client.pragma('foreign_keys = on');
}

/**
 * Opens the store: WAL, foreign keys on, a busy timeout, full synchronisation (what an activity acknowledged survives a
 * kill and a power cut), schema up to date. What a kill left in the log is recovered, and a file cut short is found; all
 * pages are read by `assay db check` only, since that takes 2 ms per MB.
 *
 * @throws {DatabaseDamagedError} @throws {DatabaseTooNewError} @throws {DatabaseInUseError} @throws {MigrationFailedError}
 */
export function openDatabase(path: string): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    migrateStore(path);
  } catch (error) {
    throw toOpeningFault(error, path);
  }
  return openFile(path, { readonly: false }, (db) => {
    prepareWriter(db);
    ensureIdentity(db);
  });
}

function assertExists(path: string): void {
  if (existsSync(path)) return;
  throw new DatabaseMissingError(
    `there is no database at ${path}; run a matrix first, or name its directory with --home`,
  );
}

/**
 * Opens an existing store for reading; never blocks a writer and never changes the store's version, under which an older
 * program may be writing.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} @throws {DatabaseTooNewError} @throws {DatabaseTooOldError}
 */
export function openReadonlyDatabase(path: string): Database {
  assertExists(path);
  return openFile(path, { readonly: true }, ({ $client }) => {
    const { known, applied } = readVersion($client);
    if (applied === known) return;
    throw new DatabaseTooOldError(
      `the database ${path} has ${applied} of the ${known} migrations of this program, and reading never changes it; ` +
        `when no older program works on it, bring it up to date: assay db migrate --home ${dirname(path)}`,
    );
  });
}

/**
 * Opens an existing store for inspection, as it is: neither brought up to date nor refused for its version.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} when it is no database or cut short
 */
export function openForInspection(path: string): Database {
  assertExists(path);
  return openFile(path, { readonly: true }, ({ $client }) => countApplied($client));
}

/** One immediate, synchronous transaction: it takes the write lock at once or waits for it, and commits whole or not at all. */
export function writeTransaction<Result>(db: Database, body: (tx: Database) => Result): Result {
  try {
    return db.transaction((tx) => body(tx as unknown as Database), { behavior: 'immediate' });
  } catch (error) {
    throw toTypedFault(error, db.$client.name);
  }
}
