import { and, asc, eq, getTableColumns, inArray } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { assertFinite } from './finite-value.ts';
import { prepareInsert } from './prepare-insert.ts';
import { probeScores } from '../rollout-schema.ts';

export type ProbeScoreRow = typeof probeScores.$inferSelect;

const COLUMNS = Object.keys(getTableColumns(probeScores)) as (keyof ProbeScoreRow)[];

function keyOf({ runId, step, probe, metric, split, problemIndex }: ProbeScoreRow): string {
  return `${runId} step ${step} ${probe} ${metric} ${split || 'no split'} problem ${problemIndex}`;
}

function assertSameScore(db: Database, row: ProbeScoreRow): void {
  const stored = db
    .select()
    .from(probeScores)
    .where(
      and(
        eq(probeScores.runId, row.runId),
        eq(probeScores.step, row.step),
        eq(probeScores.probe, row.probe),
        eq(probeScores.metric, row.metric),
        eq(probeScores.split, row.split),
        eq(probeScores.problemIndex, row.problemIndex),
      ),
    )
    .get()!;
  assertSameRecord({ table: 'probe_scores', key: keyOf(row) }, stored, row);
}

/**
 * Records what a probe measured; a repeated record must agree. Call inside a write transaction.
 *
 * @throws NonFiniteValueError, ConflictingRecordError
 */
export function recordProbeScores(db: Database, rows: readonly ProbeScoreRow[]): void {
  const insert = prepareInsert(db, probeScores, COLUMNS);
  for (const row of rows) {
    assertFinite(row.value, keyOf(row));
    if (!insert(row).isNew) assertSameScore(db, row);
  }
}

/** What probes measured on the runs, by run, step, probe, metric, split and problem. */
export function listProbeScores(db: Database, runIds: readonly string[]): ProbeScoreRow[] {
  if (runIds.length === 0) return [];
  return db
    .select()
    .from(probeScores)
    .where(inArray(probeScores.runId, [...runIds]))
    .orderBy(
      asc(probeScores.runId),
      asc(probeScores.step),
      asc(probeScores.probe),
      asc(probeScores.metric),
      asc(probeScores.split),
      asc(probeScores.problemIndex),
    )
    .all();
}
