import { asc, eq } from 'drizzle-orm';
import { assertSameRecord } from './conflicting-record-error.ts';
import { writeTransaction, type Database } from '../store/connection.ts';
import { claimLocks } from '../schema.ts';

export type ClaimLockRow = typeof claimLocks.$inferSelect;

/**
 * Keeps what a launch was locked to. The first reason for the same deviations stands.
 *
 * @throws {ConflictingRecordError} when the same lock and declaration are recorded with other deviations
 */
export function recordClaimLock(db: Database, row: Omit<ClaimLockRow, 'recordedAt'>): void {
  writeTransaction(db, (tx) => {
    const recordedAt = new Date().toISOString();
    const { changes } = tx
      .insert(claimLocks)
      .values({ ...row, recordedAt })
      .onConflictDoNothing()
      .run();
    if (changes > 0) return;
    const stored = listClaimLocks(tx, row.experimentId).find(
      ({ lockSha256, declaredSha256 }) =>
        lockSha256 === row.lockSha256 && declaredSha256 === row.declaredSha256,
    )!;
    const { lock: _, reason: __, ...identity } = row;
    assertSameRecord({ table: 'claim_locks', key: row.experimentId }, stored, identity);
  });
}

/** Every lock that launches of the experiment were held to, oldest first. */
export function listClaimLocks(db: Database, experimentId: string): ClaimLockRow[] {
  return db
    .select()
    .from(claimLocks)
    .where(eq(claimLocks.experimentId, experimentId))
    .orderBy(asc(claimLocks.recordedAt), asc(claimLocks.lockSha256), asc(claimLocks.declaredSha256))
    .all();
}
