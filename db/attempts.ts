import { and, eq, gt } from 'drizzle-orm';
import type { Database } from './connection.ts';
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
  readonly attempt: number;
}

function sameStage(key: AttemptKey) {
  return and(eq(attempts.runId, key.runId), eq(attempts.stage, key.stage), eq(attempts.step, key.step));
}

/** Notes that an attempt has begun; from here on older attempts of the same stage cannot commit. */
export function beginAttempt(db: Database, key: AttemptKey, worker: string): void {
  db.insert(attempts)
    .values({ ...key, worker, startedAt: new Date().toISOString() })
    .onConflictDoUpdate({
      target: [attempts.runId, attempts.stage, attempts.step, attempts.attempt],
      set: { worker, startedAt: new Date().toISOString(), finishedAt: null },
    })
    .run();
}

/**
 * Ends an attempt inside its committing transaction.
 *
 * @throws {StaleAttemptError} when a newer attempt has begun
 */
export function finishAttempt(tx: Database, key: AttemptKey): void {
  const newer = tx
    .select({ attempt: attempts.attempt })
    .from(attempts)
    .where(and(sameStage(key), gt(attempts.attempt, key.attempt)))
    .get();
  if (newer !== undefined) {
    throw new StaleAttemptError(
      `attempt ${key.attempt} at ${key.stage} of step ${key.step} of ${key.runId} lost its lease to attempt ${newer.attempt}; its result is dropped`,
    );
  }
  tx.update(attempts)
    .set({ finishedAt: new Date().toISOString() })
    .where(and(sameStage(key), eq(attempts.attempt, key.attempt)))
    .run();
}
