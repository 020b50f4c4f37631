import { asc, desc, eq, inArray } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from './connection.ts';
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

/** Marks a training step as done with its metrics; a repeated record must agree. Call inside a write transaction. */
export function recordStep(
  db: Database,
  step: { readonly runId: string; readonly step: number; readonly rollouts: number; readonly tokens: number },
  values: Readonly<Record<string, number>>,
): void {
  const inserted = db
    .insert(steps)
    .values({ ...step, recordedAt: new Date().toISOString() })
    .onConflictDoNothing()
    .run();
  const rows = Object.entries(values).map(([name, value]) => ({
    runId: step.runId,
    step: step.step,
    name,
    value,
  }));
  if (inserted.changes > 0) {
    for (const row of rows) db.insert(metrics).values(row).run();
    return;
  }
  const stored = new Map(listStepMetrics(db, step).map((row) => [row.name, row]));
  for (const row of rows) {
    const key = `${step.runId} step ${step.step} ${row.name}`;
    assertSameRecord({ table: 'metrics', key }, stored.get(row.name) ?? {}, row);
  }
}

function listStepMetrics(db: Database, at: { readonly runId: string; readonly step: number }): MetricRow[] {
  return listMetrics(db, [at.runId]).filter((row) => row.step === at.step);
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
