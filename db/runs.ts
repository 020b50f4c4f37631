import { and, asc, eq, gt, inArray } from 'drizzle-orm';
import { writeTransaction, type Database } from './connection.ts';
import { conditions, runs } from './schema.ts';

export type RunRow = typeof runs.$inferSelect;
export type RunStatus = RunRow['status'];

/** A run with the name and settings of its condition. */
export interface RunWithCondition extends RunRow {
  readonly conditionName: string;
  readonly baseModelId: string;
  /** Canonical JSON of the condition. */
  readonly settings: string;
}

/** No run by that id. */
export class UnknownRunError extends Error {
  override readonly name = 'UnknownRunError';
}

function selectRuns(db: Database) {
  return db
    .select({
      run: runs,
      conditionName: conditions.name,
      baseModelId: conditions.baseModelId,
      settings: conditions.settings,
    })
    .from(runs)
    .innerJoin(
      conditions,
      and(eq(conditions.experimentId, runs.experimentId), eq(conditions.id, runs.conditionId)),
    );
}

function flatten(
  rows: { run: RunRow; conditionName: string; baseModelId: string; settings: string }[],
): RunWithCondition[] {
  return rows.map(({ run, ...condition }) => ({ ...run, ...condition }));
}

/** All runs of an experiment, by condition and seed. */
export function listRuns(db: Database, experimentId: string): RunWithCondition[] {
  return flatten(
    selectRuns(db)
      .where(eq(runs.experimentId, experimentId))
      .orderBy(asc(conditions.position), asc(runs.seed))
      .all(),
  );
}

/** Up to `limit` unfinished runs with ids after `after`, in the order of their ids. */
export function listUnfinishedRuns(
  db: Database,
  query: { readonly experimentId: string; readonly after: string | null; readonly limit: number },
): RunWithCondition[] {
  return flatten(
    selectRuns(db)
      .where(
        and(
          eq(runs.experimentId, query.experimentId),
          inArray(runs.status, ['pending', 'running']),
          gt(runs.id, query.after ?? ''),
        ),
      )
      .orderBy(asc(runs.id))
      .limit(query.limit)
      .all(),
  );
}

/** @throws {UnknownRunError} */
export function findRun(db: Database, runId: string): RunWithCondition {
  const [run] = flatten(selectRuns(db).where(eq(runs.id, runId)).limit(1).all());
  if (run === undefined) throw new UnknownRunError(`there is no run "${runId}"; \`assay ls\` lists them`);
  return run;
}

/** Marks a run as under way, keeping the provenance and time of its first start. */
export function startRun(db: Database, runId: string, provenance: string): void {
  writeTransaction(db, (tx) => {
    const { startedAt, provenance: first } = findRun(tx, runId);
    tx.update(runs)
      .set({
        status: 'running',
        startedAt: startedAt ?? new Date().toISOString(),
        provenance: first ?? provenance,
      })
      .where(eq(runs.id, runId))
      .run();
  });
}

/** Marks how a run ended. */
export function endRun(
  db: Database,
  runId: string,
  end: {
    readonly status: RunStatus;
    readonly failure: { readonly type: string; readonly message: string } | null;
  },
): void {
  db.update(runs)
    .set({
      status: end.status,
      failureType: end.failure?.type ?? null,
      failureMessage: end.failure?.message ?? null,
      finishedAt: new Date().toISOString(),
    })
    .where(eq(runs.id, runId))
    .run();
}

/** Marks the runs of an experiment that have not started as cancelled. */
export function cancelPendingRuns(db: Database, experimentId: string): void {
  db.update(runs)
    .set({ status: 'cancelled', finishedAt: new Date().toISOString() })
    .where(and(eq(runs.experimentId, experimentId), eq(runs.status, 'pending')))
    .run();
}
