import { createHash } from 'node:crypto';
import type { Database } from './connection.ts';

/** Who did what when, and the identity that every store has for itself. */
const NOT_COMPARED = new Set(['attempts', 'stores']);

/** How often a run was opened differs with its interruptions, and the server with the place. */
const HISTORY_COLUMNS = new Set(['epoch', 'temporal_server']);

type Row = Record<string, unknown>;

/** Compared by what they mean, not by the order in which concurrent runs happened to insert them. */
const SURROGATE_KEYS = new Set(['id', 'rollout_id', 'problem_id']);

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

/**
 * Every row of the store as sorted text lines `table {…}`, without times and without the audit of attempts. Two databases
 * of the same matrix on the same kind of machine give the same lines, however often each was interrupted.
 */
export function dumpRows(db: Database): string[] {
  const problemNames = new Map(
    readTable(db, 'problems').map((row) => [
      row['id'],
      `${String(row['task'])}/${String(row['split'])}/${String(row['key'])}`,
    ]),
  );
  const rolloutNames = new Map(
    readTable(db, 'rollouts').map((row) => [
      row['id'],
      [row['run_id'], row['phase'], row['step'], row['problem_index'], row['sample_index']].join('/'),
    ]),
  );
  const describe = (table: string, row: Row): string => {
    const members = Object.entries(row).flatMap(([column, value]): [string, unknown][] => {
      if (column.endsWith('_at') || HISTORY_COLUMNS.has(column)) return [];
      if (column === 'problem_id') return [['problem', problemNames.get(value)]];
      if (column === 'rollout_id') return [['rollout', rolloutNames.get(value)]];
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
