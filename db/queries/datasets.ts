import { createHash } from 'node:crypto';
import { and, asc, eq, gte, lt } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { prepareInsert } from './prepare-insert.ts';
import { findRun } from './runs.ts';
import { datasetRows, datasets } from '../rollout-schema.ts';

export type DatasetRecord = typeof datasets.$inferSelect;

function hashRows(rows: readonly string[]): string {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(row).update('\n');
  return hash.digest('hex');
}

/**
 * Records the rows of a dataset, canonical JSON each; recording it again changes nothing. Call inside a write transaction.
 *
 * @throws {ConflictingRecordError} when the run had collected others
 */
export function recordDataset(
  db: Database,
  of: { readonly runId: string; readonly kind: DatasetRecord['kind'] },
  rows: readonly string[],
): void {
  const record = { ...of, rows: rows.length, sha256: hashRows(rows) };
  const stored = findDataset(db, of.runId);
  if (stored !== null) return assertSameRecord({ table: 'datasets', key: of.runId }, stored, record);
  db.insert(datasets).values(record).run();
  const insert = prepareInsert(db, datasetRows, ['runId', 'row', 'value']);
  rows.forEach((value, row) => insert({ runId: of.runId, row, value }));
}

/** What a run collected; null when it has collected nothing yet. */
export function findDataset(db: Database, runId: string): DatasetRecord | null {
  return db.select().from(datasets).where(eq(datasets.runId, runId)).get() ?? null;
}

/** A run of that id has collected no dataset. */
export class UnknownDatasetError extends Error {
  override readonly name = 'UnknownDatasetError';
}

/**
 * What a run collected, or the run whose rows stand for its.
 *
 * @throws {UnknownRunError} @throws {UnknownDatasetError}
 */
export function requireDataset(db: Database, runId: string): DatasetRecord {
  const { status, reusedRunId } = findRun(db, runId);
  const found = findDataset(db, reusedRunId ?? runId);
  if (found !== null) return found;
  throw new UnknownDatasetError(
    `${runId} has no dataset (it is ${status}); completed runs of conditions with \`collect\` have one`,
  );
}

/** Rows [from, to) of a dataset in their order, as JSON.parse reads them. */
export function listDatasetRows(
  db: Database,
  runId: string,
  { from, to }: { readonly from: number; readonly to: number },
): unknown[] {
  return db
    .select({ value: datasetRows.value })
    .from(datasetRows)
    .where(and(eq(datasetRows.runId, runId), gte(datasetRows.row, from), lt(datasetRows.row, to)))
    .orderBy(asc(datasetRows.row))
    .all()
    .map(({ value }) => JSON.parse(value) as unknown);
}
