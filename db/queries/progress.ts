import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Database } from '../store/connection.ts';
import { finalStep, recordedRunId, type RunRow, type RunStatus } from './runs.ts';
import { evaluations } from '../rollout-schema.ts';
import { baseModels, conditions, metrics, runs, steps } from '../schema.ts';

/** Where a run is, as its rows say. */
export interface RunPosition extends Pick<
  RunRow,
  'baseSeed' | 'baseModelId' | 'seed' | 'status' | 'totalSteps' | 'failureType' | 'failureMessage'
> {
  readonly runId: string;
  readonly conditionName: string;
  /** Recorded training steps. */
  readonly doneSteps: number;
  /** Metrics of the last recorded step. */
  readonly reward: number | null;
  readonly correct: number | null;
  /** Problems of the final evaluation that are recorded; 0 unless the run is under way. */
  readonly evaluated: number;
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

/** A base model that runs wait for. */
export interface AwaitedBaseModel {
  readonly baseModelId: string;
  readonly baseSeed: number;
  /** A condition that starts from it. */
  readonly conditionName: string;
}

/**
 * The base models that may be in the making: those that the first `limit` unfinished runs start from and that are not made yet. Runs
 * are begun in the order of their ids.
 */
export function listAwaitedBaseModels(
  db: Database,
  query: { readonly experimentId: string; readonly limit: number },
): AwaitedBaseModel[] {
  const first = db
    .select({ baseModelId: runs.baseModelId, baseSeed: runs.baseSeed, conditionId: runs.conditionId })
    .from(runs)
    .where(and(eq(runs.experimentId, query.experimentId), inArray(runs.status, ['pending', 'running'])))
    .orderBy(asc(runs.id))
    .limit(query.limit)
    .as('first');
  return db
    .select({ baseModelId: first.baseModelId, baseSeed: first.baseSeed, conditionName: conditions.name })
    .from(first)
    .innerJoin(
      conditions,
      and(eq(conditions.experimentId, query.experimentId), eq(conditions.id, first.conditionId)),
    )
    .leftJoin(baseModels, eq(baseModels.id, first.baseModelId))
    .where(isNull(baseModels.id))
    .groupBy(first.baseModelId)
    .all();
}

const lastStep = sql`(select max(${steps.step}) from ${steps} where ${steps.runId} = ${recordedRunId})`;

function lastValue(metric: string) {
  return sql<number | null>`(select ${metrics.value} from ${metrics} where ${metrics.runId} = ${recordedRunId}
    and ${metrics.step} = ${lastStep} and ${metrics.name} = ${metric})`;
}

const evaluatedProblems = sql<number>`case when ${runs.status} <> 'running' then 0 else
  (select count(*) from ${evaluations} where ${evaluations.runId} = ${recordedRunId}
    and ${evaluations.step} = ${finalStep} and ${evaluations.split} not in ('dev', 'pool')) end`;

/**
 * The position of every run of an experiment, by condition, base seed and seed. Looks up a few rows by index for each run, so that
 * it may be asked every second.
 */
export function listPositions(db: Database, experimentId: string): RunPosition[] {
  return db
    .select({
      runId: runs.id,
      conditionName: conditions.name,
      baseSeed: runs.baseSeed,
      baseModelId: runs.baseModelId,
      seed: runs.seed,
      status: runs.status,
      totalSteps: finalStep,
      failureType: runs.failureType,
      failureMessage: runs.failureMessage,
      doneSteps: sql<number>`coalesce(${lastStep} + 1, 0)`,
      reward: lastValue('reward/mean'),
      correct: lastValue('verdict/correct'),
      evaluated: evaluatedProblems,
    })
    .from(runs)
    .innerJoin(
      conditions,
      and(eq(conditions.experimentId, runs.experimentId), eq(conditions.id, runs.conditionId)),
    )
    .where(eq(runs.experimentId, experimentId))
    .orderBy(asc(conditions.position), asc(runs.baseSeed), asc(runs.seed))
    .all();
}
