import { and, asc, desc, eq, like, or } from 'drizzle-orm';
import { writeTransaction, type Database } from './connection.ts';
import { conditions, experiments, runs } from './schema.ts';

export type ExperimentRow = typeof experiments.$inferSelect;
export type ConditionRow = typeof conditions.$inferSelect;

/** No experiment by that name or id. */
export class UnknownExperimentError extends Error {
  override readonly name = 'UnknownExperimentError';
}

/** What a launch declares: the experiment, its conditions, and a run for each condition and seed. */
export interface Registration {
  readonly experiment: Omit<ExperimentRow, 'createdAt'>;
  readonly conditions: readonly Omit<ConditionRow, 'experimentId'>[];
  readonly runs: readonly {
    readonly id: string;
    readonly conditionId: string;
    readonly seed: number;
    readonly totalSteps: number;
  }[];
}

/** Writes what is new of a matrix and leaves the rest; runs that failed or were cancelled are pending again. */
export function registerExperiment(db: Database, registration: Registration): void {
  const experimentId = registration.experiment.id;
  writeTransaction(db, (tx) => {
    tx.insert(experiments)
      .values({ ...registration.experiment, createdAt: new Date().toISOString() })
      .onConflictDoNothing()
      .run();
    for (const condition of registration.conditions) {
      tx.insert(conditions)
        .values({ ...condition, experimentId })
        .onConflictDoNothing()
        .run();
    }
    for (const run of registration.runs) {
      tx.insert(runs)
        .values({ ...run, experimentId, status: 'pending' })
        .onConflictDoNothing()
        .run();
    }
    tx.update(runs)
      .set({ status: 'pending', failureType: null, failureMessage: null, finishedAt: null })
      .where(
        and(eq(runs.experimentId, experimentId), or(eq(runs.status, 'failed'), eq(runs.status, 'cancelled'))),
      )
      .run();
  });
}

export function listExperiments(db: Database): ExperimentRow[] {
  return db.select().from(experiments).orderBy(desc(experiments.createdAt), asc(experiments.id)).all();
}

/**
 * The newest experiment with that name, or the one whose id starts with the text.
 *
 * @throws {UnknownExperimentError} listing the names there are
 */
export function findExperiment(db: Database, nameOrId: string): ExperimentRow {
  const row = db
    .select()
    .from(experiments)
    .where(or(eq(experiments.name, nameOrId), like(experiments.id, `${nameOrId.replace(/[%_]/g, '')}%`)))
    .orderBy(desc(experiments.createdAt))
    .get();
  if (row === undefined) {
    const names =
      [...new Set(listExperiments(db).map((experiment) => experiment.name))].join(', ') || 'none yet';
    throw new UnknownExperimentError(`there is no experiment "${nameOrId}"; there are: ${names}`);
  }
  return row;
}

/** The conditions of an experiment in declaration order. */
export function listConditions(db: Database, experimentId: string): ConditionRow[] {
  return db
    .select()
    .from(conditions)
    .where(eq(conditions.experimentId, experimentId))
    .orderBy(asc(conditions.position))
    .all();
}
