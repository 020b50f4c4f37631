import { readMigrationFiles } from 'drizzle-orm/migrator';
import type { Database } from './connection.ts';
import { migrationsFolder } from './migrate-store.ts';

/** Something of the database file that is not as it was written. */
export interface DatabaseFault {
  readonly kind: 'schema' | 'page' | 'foreign-key';
  /** A table and row, or the whole file. */
  readonly where: string;
  readonly found: string;
  readonly mend: string;
}

export interface DatabaseCheck {
  /** null where damaged pages leave nothing to be read. */
  readonly contents: {
    readonly knownMigrations: number;
    readonly appliedMigrations: number;
    readonly tables: number;
    readonly rows: number;
  } | null;
  readonly faults: readonly DatabaseFault[];
}

const RESTORE = 'put a whole copy of the database in its place, together with its -wal file if it has one';

function listAppliedHashes(db: Database): string[] {
  const table = db.$client.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get();
  if (table === undefined) return [];
  return db.$client.prepare('select hash from __drizzle_migrations order by rowid').pluck().all() as string[];
}

/** Compares the migrations that made the file with those of this program, by the hash of their text. */
function checkSchema(db: Database): { known: number; applied: number; faults: DatabaseFault[] } {
  const known = readMigrationFiles({ migrationsFolder }).map(({ hash }) => hash);
  const applied = listAppliedHashes(db);
  const fault = (found: string, mend: string): DatabaseFault => ({
    kind: 'schema',
    where: db.$client.name,
    found,
    mend,
  });
  const faults: DatabaseFault[] = [];
  const different = applied.slice(0, known.length).findIndex((hash, i) => hash !== known[i]);
  if (different >= 0)
    faults.push(
      fault(
        `migration ${different} is not the one of this program`,
        'use the version of assay that wrote the database',
      ),
    );
  if (applied.length > known.length)
    faults.push(
      fault(
        `${applied.length} migrations, this program knows ${known.length}`,
        'use the newer version of assay that wrote the database',
      ),
    );
  if (applied.length < known.length)
    faults.push(
      fault(
        `${applied.length} of ${known.length} migrations`,
        'nothing is lost; `assay db migrate` brings it up to date',
      ),
    );
  return { known: known.length, applied: applied.length, faults };
}

function checkPages(db: Database): DatabaseFault[] {
  const toFault = (found: string): DatabaseFault => ({
    kind: 'page',
    where: db.$client.name,
    found,
    mend: RESTORE,
  });
  try {
    const lines = db.$client.prepare('pragma integrity_check').pluck().all() as string[];
    return lines.filter((line) => line !== 'ok').map(toFault);
  } catch (error) {
    // Where the damage is in the first pages, the check itself cannot read the file.
    if (!String((error as { code?: unknown }).code).startsWith('SQLITE_CORRUPT')) throw error;
    return [toFault((error as Error).message)];
  }
}

function checkForeignKeys(db: Database): DatabaseFault[] {
  const rows = db.$client.prepare('pragma foreign_key_check').all() as {
    table: string;
    rowid: number | null;
    parent: string;
  }[];
  return rows.map(({ table, rowid, parent }) => ({
    kind: 'foreign-key',
    where: rowid === null ? table : `${table}, row ${rowid}`,
    found: `names a row of ${parent} that is not there`,
    mend: RESTORE,
  }));
}

function listTables(db: Database): string[] {
  const query =
    "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'";
  return db.$client.prepare(query).pluck().all() as string[];
}

/** Reads every page and every row once; writes nothing. Only a file whose pages are whole is looked at further. */
export function checkDatabase(db: Database): DatabaseCheck {
  const pages = checkPages(db);
  if (pages.length > 0) return { contents: null, faults: pages };
  const { known, applied, faults } = checkSchema(db);
  const tables = listTables(db);
  const rows = tables.reduce((sum, table) => {
    const query = db.$client.prepare(`select count(*) from "${table}"`).pluck();
    return sum + (query.get() as number);
  }, 0);
  return {
    contents: { knownMigrations: known, appliedMigrations: applied, tables: tables.length, rows },
    faults: [...faults, ...checkForeignKeys(db)],
  };
}
