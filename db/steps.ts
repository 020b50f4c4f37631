import { and, asc, desc, eq, inArray } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from './connection.ts';
import { assertFinite } from './finite-value.ts';
import { prepareInsert } from './prepare-insert.ts';
import { metrics, steps } from './schema.ts';

export type MetricRow = typeof metrics.$inferSelect;

/** The step a run continues with: one after the last recorded one. */
export function nextStepOf(db: Database, runId: string): number {
  const last = db
    .select({ step: steps.step })
    .from(steps)
    .where(eq(steps.runId, runId))
    .orderBy(desc(steps.step))
    .limit(1)
    .get();
  return last === undefined ? 0 : last.step + 1;
}

/**
 * Marks a training step as done with its metrics; a repeated record must agree. Call inside a write transaction.
 *
 * @throws {NonFiniteValueError} @throws {ConflictingRecordError}
 */
export function recordStep(
  db: Database,
  step: { readonly runId: string; readonly step: number; readonly rollouts: number; readonly tokens: number },
  values: Readonly<Record<string, number>>,
): void {
  const { runId } = step;
  const key = `${runId} step ${step.step}`;
  const inserted = db
    .insert(steps)
    .values({ ...step, recordedAt: new Date().toISOString() })
    .onConflictDoNothing()
    .run();
  if (inserted.changes === 0) {
    const stored = db
      .select()
      .from(steps)
      .where(and(eq(steps.runId, runId), eq(steps.step, step.step)))
      .get()!;
    assertSameRecord({ table: 'steps', key }, stored, step);
  }
  const insertMetric = prepareInsert(db, metrics, ['runId', 'step', 'name', 'value']);
  for (const [name, value] of Object.entries(values)) {
    assertFinite(value, `the metric ${name} of ${key}`);
    const row = { runId, step: step.step, name, value };
    if (!insertMetric(row).isNew) assertSameMetric(db, row);
  }
}

function assertSameMetric(db: Database, row: MetricRow): void {
  const stored = db
    .select()
    .from(metrics)
    .where(and(eq(metrics.runId, row.runId), eq(metrics.step, row.step), eq(metrics.name, row.name)))
    .get()!;
  assertSameRecord({ table: 'metrics', key: `${row.runId} step ${row.step} ${row.name}` }, stored, row);
}

/** Every metric of the runs, by run, step and name. */
export function listMetrics(db: Database, runIds: readonly string[]): MetricRow[] {
  if (runIds.length === 0) return [];
  return db
    .select()
    .from(metrics)
    .where(inArray(metrics.runId, [...runIds]))
    .orderBy(asc(metrics.runId), asc(metrics.step), asc(metrics.name))
    .all();
}
