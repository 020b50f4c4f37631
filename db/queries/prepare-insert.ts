import { sql } from 'drizzle-orm';
import type { SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Database } from '../store/connection.ts';

/** How an insert that may repeat ended: with a row of its own, or at one that stands under the same key already. */
export interface InsertOutcome {
  readonly isNew: boolean;
  /** SQLite's row id; meaningless unless new. */
  readonly rowId: number;
}

/**
 * Prepares "insert unless the key exists" over the named columns. Building SQL anew for each row costs several times what
 * SQLite needs to store it, so whoever writes many rows prepares once per batch.
 *
 * Drizzle encodes a placeholder's null as any other value, so a nullable boolean would become false: name none here.
 */
export function prepareInsert<Table extends SQLiteTable, Name extends keyof Table['$inferInsert'] & string>(
  db: Database,
  table: Table,
  names: readonly Name[],
): (row: Pick<Table['$inferInsert'], Name>) => InsertOutcome {
  const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
  const statement = db
    .insert(table)
    .values(values as Table['$inferInsert'])
    .onConflictDoNothing()
    .prepare();
  return (row) => {
    const { changes, lastInsertRowid } = statement.run(row);
    return { isNew: changes > 0, rowId: Number(lastInsertRowid) };
  };
}
