import { createHash } from 'node:crypto';
import type { Database } from './connection.ts';

/** Who did what when, and the identity that every store has for itself. */
const NOT_COMPARED = new Set(['attempts', 'stores']);

/** How often a run was opened differs with its interruptions, and the server with the place. */
const HISTORY_COLUMNS = new Set(['epoch', 'temporal_server']);

type Row = Record<string, unknown>;

/** Compared by what they mean, not by the order in which concurrent runs happened to insert them. */
const SURROGATE_KEYS = new Set(['id', 'key', 'rollout_id', 'problem_id']);

function readTable(db: Database, table: string): Row[] {
  return db.$client.prepare(`select * from "${table}"`).all() as Row[];
}

function listTables(db: Database): string[] {
  const rows = db.$client
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'",
    )
    .all() as { name: string }[];
  return rows.map((row) => row.name).sort();
}

function toText(value: unknown): unknown {
  return Buffer.isBuffer(value) ? createHash('sha256').update(value).digest('hex') : value;
}

/** A row's key → a name that is the same in every store. */
type RowNames = ReadonlyMap<unknown, string>;

function nameTable(db: Database, table: string, name: (row: Row) => readonly unknown[]): RowNames {
  return new Map(readTable(db, table).map((row) => [row['id'], name(row).map(String).join('/')]));
}

/** Names of the rows that a column refers to. */
function nameRows(db: Database): Readonly<Record<string, RowNames>> {
  const importNames = new Map(readTable(db, 'imports').map((row) => [row['key'], String(row['id'])]));
  const ofImport = (row: Row): unknown => importNames.get(row['import_key']);
  return {
    problem_id: nameTable(db, 'problems', (row) => [row['task'], row['split'], row['key']]),
    rollout_id: nameTable(db, 'rollouts', (row) => [
      row['run_id'],
      row['phase'],
      row['step'],
      row['problem_index'],
      row['sample_index'],
    ]),
    import_key: importNames,
    import_run: nameTable(db, 'import_runs', (row) => [ofImport(row), row['run']]),
    import_problem: nameTable(db, 'import_problems', (row) => [ofImport(row), row['problem']]),
  };
}

/**
 * Every row of the store as sorted text lines `table {…}`, without times and without the audit of attempts. Two databases
 * of the same matrix on the same kind of machine give the same lines, however often each was interrupted.
 */
export function dumpRows(db: Database): string[] {
  const names = nameRows(db);
  const describe = (table: string, row: Row): string => {
    const members = Object.entries(row).flatMap(([column, value]): [string, unknown][] => {
      if (column.endsWith('_at') || HISTORY_COLUMNS.has(column)) return [];
      const named = names[column];
      if (named !== undefined) return [[column.replace(/_(?:id|key)$/, ''), named.get(value)]];
      if (SURROGATE_KEYS.has(column) && typeof value === 'number') return [];
      return [[column, toText(value)]];
    });
    return `${table} ${JSON.stringify(Object.fromEntries(members))}`;
  };
  return listTables(db)
    .filter((table) => !NOT_COMPARED.has(table))
    .flatMap((table) => readTable(db, table).map((row) => describe(table, row)))
    .sort();
}
