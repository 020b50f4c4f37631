import { and, asc, eq } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { runInputs } from '../schema.ts';

export type RunInputRow = typeof runInputs.$inferSelect;

/**
 * Pins what a run takes from another one; the second time it must be the same. Call inside a write transaction.
 *
 * @throws {ConflictingRecordError} when the other run's outcome is no longer what it was
 */
export function recordRunInput(db: Database, row: RunInputRow): void {
  if (db.insert(runInputs).values(row).onConflictDoNothing().run().changes > 0) return;
  const point = and(eq(runInputs.runId, row.runId), eq(runInputs.role, row.role));
  const stored = db.select().from(runInputs).where(point).get()!;
  assertSameRecord({ table: 'run_inputs', key: `${row.runId} ${row.role}` }, stored, row);
}

/** What a run takes from other runs, by role. */
export function listRunInputs(db: Database, runId: string): RunInputRow[] {
  return db.select().from(runInputs).where(eq(runInputs.runId, runId)).orderBy(asc(runInputs.role)).all();
}
