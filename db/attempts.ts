import { and, desc, eq } from 'drizzle-orm';
import { writeTransaction, type Database } from './connection.ts';
import { attempts } from './schema.ts';

/** A newer attempt of the same stage has begun, so this one may not commit. */
export class StaleAttemptError extends Error {
  override readonly name = 'StaleAttemptError';
}

/** One attempt at one stage of one step of a run. */
export interface AttemptKey {
  readonly runId: string;
  readonly stage: string;
  readonly step: number;
  /** Counted from 1 in each execution of the workflow: a resumed run has several attempts 1. */
  readonly attempt: number;
}

/** The right to commit a stage, until someone else begins it. */
export interface Lease extends AttemptKey {
  readonly id: number;
}

/** Notes that an attempt has begun; from here on what began earlier at the same stage cannot commit. */
export function beginAttempt(db: Database, key: AttemptKey, worker: string): Lease {
  const { runId, stage, step, attempt } = key;
  const row = { runId, stage, step, attempt, worker, startedAt: new Date().toISOString() };
  const { lastInsertRowid } = writeTransaction(db, (tx) => tx.insert(attempts).values(row).run());
  return { runId, stage, step, attempt, id: Number(lastInsertRowid) };
}

/**
 * Ends an attempt inside its committing transaction. Held by its lease, only the newest beginning passes; named by its
 * key alone, attempts of the same number in two executions of the workflow are not told apart.
 *
 * @throws {StaleAttemptError} when another attempt has begun since
 */
export function finishAttempt(tx: Database, held: AttemptKey | Lease): void {
  const { runId, stage, step, attempt } = held;
  const newest = tx
    .select({ id: attempts.id, attempt: attempts.attempt, worker: attempts.worker })
    .from(attempts)
    .where(and(eq(attempts.runId, runId), eq(attempts.stage, stage), eq(attempts.step, step)))
    .orderBy(desc(attempts.id))
    .limit(1)
    .get();
  const isCurrent = 'id' in held ? newest?.id === held.id : newest?.attempt === attempt;
  if (newest === undefined || !isCurrent) {
    const winner = newest === undefined ? 'none that began' : `attempt ${newest.attempt} of ${newest.worker}`;
    throw new StaleAttemptError(
      `attempt ${attempt} at ${stage} of step ${step} of ${runId} lost its lease to ${winner}; its result is dropped`,
    );
  }
  tx.update(attempts).set({ finishedAt: new Date().toISOString() }).where(eq(attempts.id, newest.id)).run();
}
