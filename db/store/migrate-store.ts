import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator';
import { assertWholeLength } from './check-length.ts';
import { codeOf, DatabaseInUseError, DatabaseTooNewError } from './database-faults.ts';
import { renameDurably } from './sync-path.ts';

/** A migration did not hold; the store is as it was before, and a copy of it is kept. */
export class MigrationFailedError extends Error {
  override readonly name = 'MigrationFailedError';
}

/** The SQL of every version of the schema. */
export const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Shorter than the leases of activities, since the wait blocks the process and its heartbeats. */
export const BUSY_TIMEOUT_MS = 5_000;

/** How long a process waits for another one's migrations. */
const MIGRATION_TIMEOUT_MS = 30_000;

/** How many migrations a store has, and how many this program knows. */
export interface StoreVersion {
  readonly applied: number;
  readonly known: number;
}

function countKnown(folder: string): number {
  const journal = JSON.parse(readFileSync(join(folder, 'meta', '_journal.json'), 'utf8')) as {
    entries: readonly unknown[];
  };
  return journal.entries.length;
}

export function countApplied(client: SqliteDatabase.Database): number {
  const table = client.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (table === undefined) return 0;
  return client.prepare('select count(*) from __drizzle_migrations').pluck().get() as number;
}

/**
 * Reading it also finds a file that is no database, or shorter than its header says.
 *
 * @throws {DatabaseTooNewError}
 */
export function readVersion(client: SqliteDatabase.Database, folder = migrationsFolder): StoreVersion {
  const known = countKnown(folder);
  const applied = countApplied(client);
  if (applied > known) {
    throw new DatabaseTooNewError(
      `the database ${client.name} has ${applied} migrations, this program knows ${known}; use the newer version of assay that wrote it`,
    );
  }
  return { known, applied };
}

/** Through a connection of its own, since an open one would keep every other process from migrating. */
function needsWork(path: string, folder: string): boolean {
  if (!existsSync(path)) return true;
  // Read-only, because closing the last writing connection moves the log into a file that may be damaged.
  const client = new SqliteDatabase(path, { readonly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    assertWholeLength(client);
    const { applied, known } = readVersion(client, folder);
    return applied < known || client.pragma('journal_mode', { simple: true }) !== 'wal';
  } finally {
    client.close();
  }
}

/** Processes that open an old or new store at once wait for each other at a second, empty database beside it. */
function withMigrationLock<Result>(path: string, body: () => Result): Result {
  const lock = new SqliteDatabase(`${path}.lock`, { timeout: MIGRATION_TIMEOUT_MS });
  try {
    lock.exec('begin exclusive');
    const result = body();
    lock.exec('commit');
    return result;
  } finally {
    lock.close();
  }
}

/** A connection beside which there is no other, so that no program of an older version goes on writing. */
function openAlone(path: string): SqliteDatabase.Database {
  const client = new SqliteDatabase(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    client.pragma('synchronous = full');
    client.pragma('locking_mode = exclusive');
    client.pragma('journal_mode = wal');
    client.exec('begin immediate; commit');
    return client;
  } catch (error) {
    client.close();
    if (codeOf(error) !== 'SQLITE_BUSY') throw error;
    throw new DatabaseInUseError(
      `the database ${path} is of an older version and another process has it open; nothing was changed. ` +
        'End that process (a matrix resumes later), then run the same command again',
    );
  }
}

function countRows(client: SqliteDatabase.Database): Map<string, number> {
  const tables = client
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'")
    .pluck()
    .all() as string[];
  return new Map(
    tables.map((name) => [name, client.prepare(`select count(*) from "${name}"`).pluck().get() as number]),
  );
}

function assertNothingLost(client: SqliteDatabase.Database, before: ReadonlyMap<string, number>): void {
  const after = countRows(client);
  for (const [table, rows] of before) {
    const left = after.get(table) ?? rows;
    if (left < rows) throw new Error(`${table} would have ${left} rows, expected its ${rows}`);
  }
  const [orphan] = client.pragma('foreign_key_check') as { table: string; parent: string }[];
  if (orphan !== undefined)
    throw new Error(`a row of ${orphan.table} names a row of ${orphan.parent} that is not there`);
}

/**
 * All of them or none. Foreign keys are off from before the transaction, in which SQLite ignores the switch: a table that is
 * rebuilt is dropped in between, and that would delete every row that refers to it. They are checked before the commit.
 */
function applyAll(client: SqliteDatabase.Database, pending: readonly MigrationMeta[]): void {
  client.pragma('foreign_keys = off');
  const apply = client.transaction(() => {
    const before = countRows(client);
    client.exec(
      'create table if not exists __drizzle_migrations (id serial primary key, hash text not null, created_at numeric)',
    );
    const insert = client.prepare('insert into __drizzle_migrations (hash, created_at) values (?, ?)');
    for (const { sql, hash, folderMillis } of pending) {
      for (const statement of sql) client.exec(statement);
      insert.run(hash, folderMillis);
    }
    assertNothingLost(client, before);
  });
  apply.immediate();
}

function copyPathOf(path: string, version: number): string {
  return `${path}.before-migration-${version}`;
}

function copyStore(client: SqliteDatabase.Database, copy: string): void {
  const partial = `${copy}.partial`;
  rmSync(partial, { force: true });
  try {
    client.prepare('vacuum into ?').run(partial);
    renameDurably(partial, copy);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

function migrateAlone(path: string, folder: string): StoreVersion {
  const client = openAlone(path);
  try {
    const { applied, known } = readVersion(client, folder);
    if (applied === known) return { applied, known };
    const copy = copyPathOf(path, known);
    if (applied > 0) copyStore(client, copy);
    try {
      applyAll(client, readMigrationFiles({ migrationsFolder: folder }).slice(applied));
    } catch (error) {
      if (applied === 0) throw error;
      throw new MigrationFailedError(
        `the database ${path} has ${applied} migrations and could not be brought to ${known}: ${(error as Error).message}. ` +
          `It is as it was, and a copy of it is ${copy}; \`assay db check\` says whether it was whole before`,
        { cause: error },
      );
    }
    return { applied, known };
  } finally {
    client.close();
  }
}

/**
 * Brings a store up to date, or makes it; returns the version found. In place and in one transaction rather than by
 * exchanging files: a kill at any moment leaves the old version or the new one, and no process can hold a file that has
 * lost its name. The copy beside it is for what a transaction cannot undo; the next opening that finds the store up to
 * date removes it.
 *
 * @param folder of the migrations, this program's unless a test has others
 * @throws {DatabaseTooNewError} @throws {DatabaseInUseError} @throws {MigrationFailedError} which names the copy
 */
export function migrateStore(path: string, folder = migrationsFolder): StoreVersion {
  const known = countKnown(folder);
  const found = needsWork(path, folder)
    ? withMigrationLock(path, () =>
        needsWork(path, folder) ? migrateAlone(path, folder) : { applied: known, known },
      )
    : { applied: known, known };
  rmSync(copyPathOf(path, known), { force: true });
  return found;
}
