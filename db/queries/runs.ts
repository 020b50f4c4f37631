import { and, asc, eq, gt, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { writeTransaction, type Database } from '../store/connection.ts';
import { recordSources } from './run-sources.ts';
import { conditions, runs } from '../schema.ts';

export type RunRow = typeof runs.$inferSelect;
export type RunStatus = RunRow['status'];

/** A run with the name and settings of its condition. */
export interface RunWithCondition extends RunRow {
  readonly conditionName: string;
  /** Canonical JSON of the condition. */
  readonly settings: string;
  /** Training steps behind its final policy: those declared, or those after which its budget was spent. */
  readonly totalSteps: number;
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
      settings: conditions.settings,
    })
    .from(runs)
    .innerJoin(
      conditions,
      and(eq(conditions.experimentId, runs.experimentId), eq(conditions.id, runs.conditionId)),
    );
}

function flatten(rows: { run: RunRow; conditionName: string; settings: string }[]): RunWithCondition[] {
  return rows.map(({ run, ...condition }) => ({
    ...run,
    ...condition,
    totalSteps: run.spentSteps ?? run.totalSteps,
  }));
}

/** The run whose rows hold a run's outcome: itself, unless it reuses another experiment's run. */
export const recordedRunId = sql<string>`coalesce(${runs.reusedRunId}, ${runs.id})`;

/** Conditions of versions before chains of runs named others by their names alone, which fingerprints do not cover. */
const isDecidedByCondition = sql`not exists (select 1 from ${conditions}
  where ${conditions.id} = ${runs.conditionId} and json_extract(${conditions.settings}, '$.training.examples') is not null)`;

/**
 * Completes pending runs by the completed run of the same condition and seeds in another experiment, whose rows then stand
 * for theirs: the same run would compute the same rows again, since a condition's fingerprint covers those that it takes from. Call
 * inside a write transaction.
 *
 * @param reuse.sources takes runs of these sources and of unknown ones only; without it, those of any
 */
export function reuseCompletedRuns(
  db: Database,
  reuse: {
    readonly experimentId: string;
    readonly sources?: string | undefined;
  },
): void {
  const { experimentId, sources: wanted } = reuse;
  const pending = db
    .select()
    .from(runs)
    .where(and(eq(runs.experimentId, experimentId), eq(runs.status, 'pending'), isDecidedByCondition))
    .all();
  for (const run of pending) {
    const twin = db
      .select()
      .from(runs)
      .where(
        and(
          eq(runs.conditionId, run.conditionId),
          eq(runs.baseSeed, run.baseSeed),
          eq(runs.seed, run.seed),
          sql`${runs.streamSeed} is ${run.streamSeed}`,
          eq(runs.status, 'completed'),
          isNull(runs.reusedRunId),
          ne(runs.experimentId, experimentId),
          wanted === undefined ? undefined : or(eq(runs.sources, wanted), isNull(runs.sources)),
        ),
      )
      .orderBy(asc(runs.id))
      .limit(1)
      .get();
    if (twin === undefined) continue;
    const { status, spentSteps, provenance, sources, startedAt, finishedAt } = twin;
    const outcome = { status, spentSteps, provenance, sources, startedAt, finishedAt };
    db.update(runs)
      .set({ ...outcome, failureType: null, failureMessage: null, reusedRunId: twin.id })
      .where(eq(runs.id, run.id))
      .run();
  }
}

/** The run at a point of an experiment's matrix; null when there is none. */
export function findPoint(
  db: Database,
  point: Pick<RunRow, 'experimentId' | 'conditionId' | 'baseSeed' | 'seed'>,
): RunWithCondition | null {
  const [run] = flatten(
    selectRuns(db)
      .where(
        and(
          eq(runs.experimentId, point.experimentId),
          eq(runs.conditionId, point.conditionId),
          eq(runs.baseSeed, point.baseSeed),
          eq(runs.seed, point.seed),
        ),
      )
      .limit(1)
      .all(),
  );
  return run ?? null;
}

/** All runs of an experiment, by condition, base seed and seed. */
export function listRuns(db: Database, experimentId: string): RunWithCondition[] {
  return flatten(
    selectRuns(db)
      .where(eq(runs.experimentId, experimentId))
      .orderBy(asc(conditions.position), asc(runs.baseSeed), asc(runs.seed))
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

/**
 * Opens a run: it is under way, with the provenance and time of its first opening, and what earlier openings may still bring is
 * refused from here on. Returns the opening's number, which every commit of it names.
 */
export function startRun(
  db: Database,
  runId: string,
  by: { readonly provenance: string; readonly sources: string | null },
): number {
  return writeTransaction(db, (tx) => {
    const run = findRun(tx, runId);
    const epoch = run.epoch + 1;
    tx.update(runs)
      .set({
        epoch,
        status: 'running',
        startedAt: run.startedAt ?? new Date().toISOString(),
        provenance: run.provenance ?? by.provenance,
        failureType: null,
        failureMessage: null,
        finishedAt: null,
      })
      .where(eq(runs.id, runId))
      .run();
    if (by.sources !== null) recordSources(tx, runId, by.sources);
    return epoch;
  });
}

/** The training steps behind a run's final policy: those declared, or those after which its budget was spent. */
export const finalStep = sql<number>`coalesce(${runs.spentSteps}, ${runs.totalSteps})`;

/** Marks that a run takes no step beyond `steps`: they have spent its budget. */
export function markSpent(db: Database, runId: string, steps: number): void {
  db.update(runs).set({ spentSteps: steps }).where(eq(runs.id, runId)).run();
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

/**
 * Marks the unfinished runs of an experiment as cancelled, those too that an earlier launch left under way; how many there
 * were. Call it when no run of the experiment is computed any more.
 */
export function cancelUnfinishedRuns(db: Database, experimentId: string): number {
  return db
    .update(runs)
    .set({ status: 'cancelled', finishedAt: new Date().toISOString() })
    .where(and(eq(runs.experimentId, experimentId), inArray(runs.status, ['pending', 'running'])))
    .run().changes;
}
