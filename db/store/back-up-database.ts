import { existsSync, rmSync, statSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { checkDatabase, type DatabaseCheck } from './check-database.ts';
import { openForInspection } from './connection.ts';
import { DatabaseDamagedError } from './database-faults.ts';
import * as schema from '../schema.ts';
import { renameDurably } from './sync-path.ts';

/** The file that a backup would be written to is there already. */
export class BackupExistsError extends Error {
  override readonly name = 'BackupExistsError';
}

/** A backup that was read back whole. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  readonly contents: NonNullable<DatabaseCheck['contents']>;
}

/** All pages in one go: a pause between two batches would start over whenever a writer has committed. */
const ALL_PAGES = 2 ** 31 - 1;

function assertFree(file: string): void {
  if (!existsSync(file)) return;
  throw new BackupExistsError(`${file} is there already and is never overwritten; name another file`);
}

/** Reads a copy back whole; without write-ahead log it is one file, which opening as a store puts back. */
function checkCopy(path: string): NonNullable<DatabaseCheck['contents']> {
  const client = new SqliteDatabase(path);
  try {
    client.pragma('journal_mode = delete');
    const { contents, faults } = checkDatabase(drizzle(client, { schema }));
    const fault = faults.find(({ kind }) => kind !== 'schema');
    if (contents !== null && fault === undefined) return contents;
    throw new DatabaseDamagedError(
      `the copy is not whole (${fault?.where}: ${fault?.found}) and was removed; \`assay db check\` says whether the database is`,
    );
  } finally {
    client.close();
  }
}

/**
 * Copies the database as it is at one moment, beside writers that go on. The copy is checked and safe on the disk before it
 * gets its name, so that a file of that name is always a whole one.
 *
 * @throws {DatabaseMissingError} @throws {DatabaseDamagedError} @throws {BackupExistsError}
 */
export async function backUpDatabase(path: string, file: string): Promise<Backup> {
  assertFree(file);
  const partial = `${file}.${process.pid}.partial`;
  const { $client } = openForInspection(path);
  try {
    await $client.backup(partial, { progress: () => ALL_PAGES });
    const contents = checkCopy(partial);
    assertFree(file);
    renameDurably(partial, file);
    return { file, bytes: statSync(file).size, contents };
  } finally {
    $client.close();
    rmSync(partial, { force: true });
  }
}
