import { and, eq, inArray, max, sql } from 'drizzle-orm';
import type { Database } from './connection.ts';
import { recordedRunId, type RunStatus } from './runs.ts';
import { evaluations, metrics, runs, steps } from './schema.ts';

/** Where a run is, as its rows say. */
export interface RunPosition {
  readonly runId: string;
  /** Recorded training steps. */
  readonly doneSteps: number;
  /** Metrics of the last recorded step. */
  readonly reward: number | null;
  readonly correct: number | null;
  /** Problems of the final evaluation that are recorded. */
  readonly evaluated: number;
}

const SHOWN_METRICS = ['reward/mean', 'verdict/correct'];

function lastMetrics(db: Database, experimentId: string): Map<string, Map<string, number>> {
  const last = db
    .select({ runId: steps.runId, step: max(steps.step).as('last_step') })
    .from(steps)
    .groupBy(steps.runId)
    .as('last');
  const rows = db
    .select({ runId: runs.id, name: metrics.name, value: metrics.value })
    .from(metrics)
    .innerJoin(last, and(eq(last.runId, metrics.runId), eq(last.step, metrics.step)))
    .innerJoin(runs, eq(recordedRunId, metrics.runId))
    .where(and(eq(runs.experimentId, experimentId), inArray(metrics.name, SHOWN_METRICS)))
    .all();
  const byRun = new Map<string, Map<string, number>>();
  for (const row of rows) byRun.set(row.runId, (byRun.get(row.runId) ?? new Map()).set(row.name, row.value));
  return byRun;
}

/** How far a run of the store is: what it may still need lies behind its cursor. */
export interface RunCursor {
  readonly runId: string;
  readonly status: RunStatus;
  /** The first step without a row. */
  readonly nextStep: number;
}

/** The cursors of all runs of the store. */
export function listRunCursors(db: Database): RunCursor[] {
  return db
    .select({
      runId: runs.id,
      status: runs.status,
      nextStep: sql<number>`(select count(*) from ${steps} where ${steps.runId} = ${runs.id})`,
    })
    .from(runs)
    .orderBy(runs.id)
    .all();
}

/** The position of every run of an experiment; cheap enough to ask every second. */
export function listPositions(db: Database, experimentId: string): RunPosition[] {
  const values = lastMetrics(db, experimentId);
  return db
    .select({
      runId: runs.id,
      doneSteps: sql<number>`(select count(*) from ${steps} where ${steps.runId} = ${recordedRunId})`,
      evaluated: sql<number>`(select count(*) from ${evaluations} where ${evaluations.runId} = ${recordedRunId}
        and ${evaluations.step} = ${runs.totalSteps} and ${evaluations.split} not in ('dev', 'pool'))`,
    })
    .from(runs)
    .where(eq(runs.experimentId, experimentId))
    .all()
    .map((row) => ({
      ...row,
      reward: values.get(row.runId)?.get('reward/mean') ?? null,
      correct: values.get(row.runId)?.get('verdict/correct') ?? null,
    }));
}
