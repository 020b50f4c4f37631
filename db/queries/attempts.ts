import { and, eq, like, sql } from 'drizzle-orm';
import type { Database } from '../store/connection.ts';
import { attempts, runs, steps } from '../schema.ts';

/** The run was opened again, the step is recorded, or a later sampling round is shaped: this result comes too late. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
}

/** One attempt at one stage of one step of a run. */
export interface AttemptKey {
  readonly runId: string;
  /** The opening of the run that it belongs to. */
  readonly epoch: number;
  readonly stage: string;
  readonly step: number;
  /** Counted from 1 in each execution of the workflow: a resumed run has several attempts 1. */
  readonly attempt: number;
  readonly worker: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
}

/** Stages between sampling and update: once their step is recorded they have nothing to add. */
const STEP_STAGE = /^(verify|judge|ask|shape)\//;

function describe({ runId, stage, step, epoch, attempt }: AttemptKey): string {
  return `attempt ${attempt} at ${stage} of step ${step} of ${runId} (opening ${epoch})`;
}

/**
 * Refuses what a zombie, or a server that lost its last moments, brings too late.
 *
 * @throws {StaleAttemptError} when the run was opened again since
 */
export function assertCurrentEpoch(
  tx: Database,
  at: { readonly runId: string; readonly epoch: number },
): void {
  const row = tx.select({ epoch: runs.epoch }).from(runs).where(eq(runs.id, at.runId)).get();
  if (row?.epoch === at.epoch) return;
  throw new StaleAttemptError(
    `a result of opening ${at.epoch} of ${at.runId} is dropped: ${row === undefined ? 'there is no such run' : `the run is at opening ${row.epoch}`}`,
  );
}

function assertNotRecorded(tx: Database, key: AttemptKey): void {
  const row = tx
    .select({ step: steps.step })
    .from(steps)
    .where(and(eq(steps.runId, key.runId), eq(steps.step, key.step)))
    .get();
  if (row === undefined) return;
  throw new StaleAttemptError(`${describe(key)} is dropped: the step is recorded`);
}

function assertNewestRound(tx: Database, key: AttemptKey): void {
  const round = Number(key.stage.split('/')[1]);
  const { runId, epoch, step } = key;
  const later = tx
    .select({ stage: attempts.stage })
    .from(attempts)
    .where(
      and(
        eq(attempts.runId, runId),
        eq(attempts.step, step),
        eq(attempts.epoch, epoch),
        like(attempts.stage, 'shape/%'),
        sql`cast(substr(${attempts.stage}, 7) as integer) > ${round}`,
      ),
    )
    .get();
  if (later === undefined) return;
  throw new StaleAttemptError(`${describe(key)} is dropped: ${later.stage} is committed`);
}

/**
 * Lets an attempt commit, and notes that it did: call it inside its transaction. What is committed twice within one opening must
 * agree; what belongs to an earlier opening, to a recorded step or, in shaping, to an earlier round than the last is refused.
 *
 * @throws {StaleAttemptError}
 */
export function commitAttempt(tx: Database, key: AttemptKey): void {
  assertCurrentEpoch(tx, key);
  if (STEP_STAGE.test(key.stage)) assertNotRecorded(tx, key);
  if (key.stage.startsWith('shape/')) assertNewestRound(tx, key);
  tx.insert(attempts)
    .values({ ...key, finishedAt: new Date().toISOString() })
    .run();
}
