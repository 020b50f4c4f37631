import { and, asc, desc, eq, gte } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import type { Database } from '../store/connection.ts';
import { assertFinite } from './finite-value.ts';
import { prepareInsert } from './prepare-insert.ts';
import { recordedRunId } from './runs.ts';
import { metrics, runs, steps } from '../schema.ts';

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
  step: {
    readonly runId: string;
    readonly step: number;
    readonly rollouts: number;
    readonly tokens: number;
    readonly machine?: string | null;
    readonly revision?: string | null;
  },
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

/** The metrics of one step, by name. */
export function listStepMetrics(
  db: Database,
  at: { readonly runId: string; readonly step: number },
): MetricRow[] {
  return db
    .select()
    .from(metrics)
    .where(and(eq(metrics.runId, at.runId), eq(metrics.step, at.step)))
    .orderBy(asc(metrics.name))
    .all();
}

/** A step that is done, with its metrics by name. */
export interface RecordedStep {
  readonly step: number;
  readonly recordedAt: string;
  readonly values: Readonly<Record<string, number>>;
}

/** The recorded steps of a run from `from` on, in their order. */
export function listStepsFrom(
  db: Database,
  { runId, from }: { readonly runId: string; readonly from: number },
): RecordedStep[] {
  const rows = db
    .select({ step: steps.step, recordedAt: steps.recordedAt, name: metrics.name, value: metrics.value })
    .from(steps)
    .leftJoin(metrics, and(eq(metrics.runId, steps.runId), eq(metrics.step, steps.step)))
    .where(and(eq(steps.runId, runId), gte(steps.step, from)))
    .orderBy(asc(steps.step), asc(metrics.name))
    .all();
  const found = new Map<number, { step: number; recordedAt: string; values: Record<string, number> }>();
  for (const { step, recordedAt, name, value } of rows) {
    const entry = found.get(step) ?? { step, recordedAt, values: {} };
    if (name !== null && value !== null) entry.values[name] = value;
    found.set(step, entry);
  }
  return [...found.values()];
}

/** When a step was recorded; null when it was not. */
export function findStepTime(
  db: Database,
  at: { readonly runId: string; readonly step: number },
): string | null {
  const where = and(eq(steps.runId, at.runId), eq(steps.step, at.step));
  return db.select({ at: steps.recordedAt }).from(steps).where(where).get()?.at ?? null;
}

/** Every metric of an experiment's runs, by run, step and name. */
export function listMetrics(db: Database, experimentId: string): MetricRow[] {
  return db
    .select({ runId: runs.id, step: metrics.step, name: metrics.name, value: metrics.value })
    .from(metrics)
    .innerJoin(runs, eq(recordedRunId, metrics.runId))
    .where(eq(runs.experimentId, experimentId))
    .orderBy(asc(runs.id), asc(metrics.step), asc(metrics.name))
    .all();
}
