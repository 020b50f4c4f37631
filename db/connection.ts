import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import * as schema from './schema.ts';

export type Database = BetterSQLite3Database<typeof schema> & { $client: SqliteDatabase.Database };

/** The file is not a whole SQLite database; nothing was written to it. */
export class DatabaseDamagedError extends Error {
  override readonly name = 'DatabaseDamagedError';
}

/** The database has migrations this program does not know. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';
}

/** There is no database where a reader expected one. */
export class DatabaseMissingError extends Error {
  override readonly name = 'DatabaseMissingError';
}

/** The database could not grow; the transaction was rolled back and nothing is lost. */
export class DatabaseFullError extends Error {
  override readonly name = 'DatabaseFullError';
}

/** better-sqlite3's addon is not there, or was built for another Node; `assay setup` puts the right one in its place. */
export class DatabaseBindingError extends Error {
  override readonly name = 'DatabaseBindingError';
}

/** The SQL of every version of the schema. */
export const migrationsFolder = fileURLToPath(new URL('../migrations', import.meta.url));
const BUSY_TIMEOUT_MS = 30_000;
const DAMAGE_CODES = new Set([
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT_INDEX',
  'SQLITE_IOERR_SHORT_READ',
]);

function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

/** Gives SQLite's own faults a type the reader can act on; others pass unchanged. */
function toTypedFault(error: unknown, path: string): unknown {
  const code = codeOf(error);
  // `tries` are the places where the package's loader looked in vain.
  if (code === 'ERR_DLOPEN_FAILED' || (error instanceof Error && 'tries' in error)) {
    const [reason = ''] = (error as Error).message.split('\n');
    return new DatabaseBindingError(
      `the database ${path} cannot be opened, because better-sqlite3's addon does not load in Node ${process.versions.node} ` +
        `(${reason}); expected one built for it. Build it with: npm run assay -- setup`,
    );
  }
  if (DAMAGE_CODES.has(code)) {
    return new DatabaseDamagedError(
      `the database ${path} is damaged (${code}: ${(error as Error).message}); nothing was written. ` +
        'Put a whole copy in its place, together with its -wal file if it has one',
    );
  }
  if (code === 'SQLITE_FULL') {
    return new DatabaseFullError(
      `no space left for the database ${path}; the transaction was rolled back and nothing is lost. ` +
        'Free some space and run the same command again',
    );
  }
  return error;
}

function countKnownMigrations(): number {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta', '_journal.json'), 'utf8')) as {
    entries: readonly unknown[];
  };
  return journal.entries.length;
}

function countAppliedMigrations(client: SqliteDatabase.Database): number {
  const table = client.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (table === undefined) return 0;
  return (client.prepare('select count(*) as n from __drizzle_migrations').get() as { n: number }).n;
}

/** Known and applied migrations; reading them also finds a file that is no database, or shorter than its header says. */
function compareMigrations(client: SqliteDatabase.Database): { known: number; applied: number } {
  const known = countKnownMigrations();
  const applied = countAppliedMigrations(client);
  if (applied > known) {
    throw new DatabaseTooNewError(
      `the database ${client.name} has ${applied} migrations, this program knows ${known}; use the newer version of assay that wrote it`,
    );
  }
  return { known, applied };
}

/** Brings the schema up to date; a second process waits for the first and then finds nothing to do. */
function applyMigrations(db: Database): void {
  const client = db.$client;
  const { known, applied } = compareMigrations(client);
  if (applied === known && client.pragma('journal_mode', { simple: true }) === 'wal') return;
  withMigrationLock(client.name, () => {
    // The switch fails at once, whatever the busy timeout, when another process switches too: so under the lock.
    client.pragma('journal_mode = wal');
    if (compareMigrations(client).applied < known) migrate(db, { migrationsFolder });
  });
}

/** The migrator opens its own transactions, so the lock is one of a second, empty database beside the store. */
function withMigrationLock(path: string, body: () => void): void {
  const lock = new SqliteDatabase(`${path}.lock`, { timeout: BUSY_TIMEOUT_MS });
  try {
    lock.exec('begin exclusive');
    body();
    lock.exec('commit');
  } finally {
    lock.close();
  }
}

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

/** The last writer closed the store if it left no log; while one is left, the pages need a look. */
function isLeftOpen(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function checkPages(db: Database): void {
  const result = db.$client.pragma('quick_check(1)', { simple: true });
  if (result !== 'ok') throw Object.assign(new Error(String(result)), { code: 'SQLITE_CORRUPT' });
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
    const db = drizzle(client, { schema });
    body(db);
    return db;
  } catch (error) {
    client?.close();
    throw toTypedFault(error, path);
  }
}

/**
 * Opens the store: WAL, foreign keys on, a busy timeout, full synchronisation (what an activity acknowledged survives a
 * kill and a power cut), schema up to date. Every page is checked (2 ms per MB) only when a log is left from a kill or
 * another process has the store open; a file cut short is found in any case.
 *
 * @throws {DatabaseDamagedError} @throws {DatabaseTooNewError}
 */
export function openDatabase(path: string): Database {
  // The home, which holds every rollout: for its owner alone.
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Read-only, because closing the last writing connection moves the log into a file that may be damaged.
  if (isLeftOpen(path)) openFile(path, { readonly: true }, checkPages).$client.close();
  return openFile(path, { readonly: false }, (db) => {
    db.$client.pragma('synchronous = full');
    db.$client.pragma('foreign_keys = on');
    applyMigrations(db);
    ensureIdentity(db);
  });
}

function assertExists(path: string): void {
  if (existsSync(path)) return;
  throw new DatabaseMissingError(
    `there is no database at ${path}; run a matrix first, or name its directory with --home`,
  );
}

function isOutdated(path: string): boolean {
  let isBehind = false;
  openFile(path, { readonly: true }, ({ $client }) => {
    const { known, applied } = compareMigrations($client);
    isBehind = applied < known;
  }).$client.close();
  return isBehind;
}

/**
 * Opens an existing store for reading; never blocks the writer. A store of an older version is brought up to date first.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} @throws {DatabaseTooNewError}
 */
export function openReadonlyDatabase(path: string): Database {
  assertExists(path);
  if (isOutdated(path)) openDatabase(path).$client.close();
  return openFile(path, { readonly: true }, ({ $client }) => compareMigrations($client));
}

/**
 * Opens an existing store for inspection, as it is: neither brought up to date nor refused for its version.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} when it is no database or cut short
 */
export function openForInspection(path: string): Database {
  assertExists(path);
  return openFile(path, { readonly: true }, ({ $client }) => countAppliedMigrations($client));
}

/** One immediate, synchronous transaction: it takes the write lock at once or waits for it, and commits whole or not at all. */
export function writeTransaction<Result>(db: Database, body: (tx: Database) => Result): Result {
  try {
    return db.transaction((tx) => body(tx as unknown as Database), { behavior: 'immediate' });
  } catch (error) {
    throw toTypedFault(error, db.$client.name);
  }
}
