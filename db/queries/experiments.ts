import { and, asc, desc, eq, inArray, like, or } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import { writeTransaction, type Database } from '../store/connection.ts';
import { refuseOtherSources } from './run-sources.ts';
import { reuseCompletedRuns } from './runs.ts';
import { conditions, experiments, runs } from '../schema.ts';

export type ExperimentRow = typeof experiments.$inferSelect;
export type ConditionRow = typeof conditions.$inferSelect;

/** No experiment by that name or id. */
export class UnknownExperimentError extends Error {
  override readonly name = 'UnknownExperimentError';
}

/** What a launch declares: the experiment, its conditions, and a run for each condition, base seed and seed. */
export interface Registration {
  /** Sources that would compute what is missing; results of others are then refused and not reused. Without it none are. */
  readonly sources?: string;
  readonly experiment: Omit<ExperimentRow, 'createdAt' | 'temporalServer'>;
  readonly conditions: readonly Omit<ConditionRow, 'experimentId'>[];
  readonly runs: readonly {
    readonly id: string;
    readonly conditionId: string;
    readonly baseSeed: number;
    readonly baseModelId: string;
    readonly seed: number;
    readonly streamSeed: number;
    readonly totalSteps: number;
  }[];
}

/**
 * Writes what is new of a matrix and leaves the rest, except the question's wording, which follows the declaration.
 *
 * @throws {ConflictingRecordError} when a row of that id says something else
 * @throws {MixedSourcesError} when a run is missing and others were computed by other sources; nothing is written then
 */
export function registerExperiment(db: Database, registration: Registration): void {
  const experimentId = registration.experiment.id;
  writeTransaction(db, (tx) => {
    insertExperiment(tx, registration.experiment);
    for (const condition of registration.conditions) insertCondition(tx, { ...condition, experimentId });
    for (const run of registration.runs) insertRun(tx, { ...run, experimentId });
    reuseRuns(tx, registration);
    const { sources } = registration;
    if (sources !== undefined && isIncomplete(tx, registration))
      refuseOtherSources(tx, { experimentId, sources });
  });
}

/**
 * Makes runs that failed or were cancelled pending again; each keeps its failure until it starts. Only for a matrix that is
 * not under way: one that is has tried them already, and would leave them as they are.
 */
export function retryEndedRuns(
  db: Database,
  registration: Pick<Registration, 'experiment' | 'sources'>,
): void {
  writeTransaction(db, (tx) => {
    tx.update(runs)
      .set({ status: 'pending' })
      .where(
        and(eq(runs.experimentId, registration.experiment.id), inArray(runs.status, ['failed', 'cancelled'])),
      )
      .run();
    reuseRuns(tx, registration);
  });
}

/** Which process follows a matrix, through which Temporal server. */
export interface Follower {
  /** `embedded`, or address and namespace. */
  readonly server: string;
  readonly process: { readonly pid: number; readonly startedAt: string };
}

/** Of the latest launch, whether it is still there or not; null before the first. */
export function readFollower(db: Database, experimentId: string): Follower | null {
  const where = eq(experiments.id, experimentId);
  const row = db.select({ value: experiments.temporalServer }).from(experiments).where(where).get();
  const value = row?.value ?? null;
  return value === null ? null : (JSON.parse(value) as Follower);
}

export function writeFollower(db: Database, experimentId: string, { server, process }: Follower): void {
  const temporalServer = JSON.stringify({ server, process });
  writeTransaction(db, (tx) => {
    tx.update(experiments).set({ temporalServer }).where(eq(experiments.id, experimentId)).run();
  });
}

function reuseRuns(
  db: Database,
  { experiment, sources }: Pick<Registration, 'experiment' | 'sources'>,
): void {
  reuseCompletedRuns(db, { experimentId: experiment.id, sources });
}

function isIncomplete(db: Database, { experiment, runs: planned }: Registration): boolean {
  const completed = db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.experimentId, experiment.id), eq(runs.status, 'completed')))
    .all();
  const ids = new Set(completed.map(({ id }) => id));
  return planned.some(({ id }) => !ids.has(id));
}

function insertExperiment(db: Database, row: Registration['experiment']): void {
  const { changes } = db
    .insert(experiments)
    .values({ ...row, createdAt: new Date().toISOString() })
    .onConflictDoNothing()
    .run();
  if (changes > 0) return;
  const stored = db.select().from(experiments).where(eq(experiments.id, row.id)).get()!;
  const { question, ...identity } = row;
  assertSameRecord({ table: 'experiments', key: row.id }, stored, identity);
  db.update(experiments).set({ question }).where(eq(experiments.id, row.id)).run();
}

function insertCondition(db: Database, row: ConditionRow): void {
  if (db.insert(conditions).values(row).onConflictDoNothing().run().changes > 0) return;
  const ofExperiment = eq(conditions.experimentId, row.experimentId);
  const twin = or(eq(conditions.id, row.id), eq(conditions.name, row.name));
  for (const stored of db.select().from(conditions).where(and(ofExperiment, twin)).all())
    assertSameRecord({ table: 'conditions', key: row.name }, stored, row);
}

function insertRun(
  db: Database,
  row: Registration['runs'][number] & { readonly experimentId: string },
): void {
  const { changes } = db
    .insert(runs)
    .values({ ...row, status: 'pending' })
    .onConflictDoNothing()
    .run();
  if (changes > 0) return;
  const point = and(
    eq(runs.experimentId, row.experimentId),
    eq(runs.conditionId, row.conditionId),
    eq(runs.baseSeed, row.baseSeed),
    eq(runs.seed, row.seed),
  );
  // A run keeps the streams that it was planned with, those of an earlier version too.
  const { streamSeed: _, ...identity } = row;
  for (const stored of db
    .select()
    .from(runs)
    .where(or(eq(runs.id, row.id), point))
    .all())
    assertSameRecord({ table: 'runs', key: row.id }, stored, identity);
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

/**
 * `findExperiment`, or the newest experiment when none is named.
 *
 * @throws {UnknownExperimentError}
 */
export function chooseExperiment(db: Database, nameOrId: string | undefined): ExperimentRow {
  return findExperiment(db, nameOrId ?? listExperiments(db)[0]?.name ?? '');
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
