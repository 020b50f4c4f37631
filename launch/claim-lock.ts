import { canonicalJson, fingerprint } from '../config/canonical.ts';
import {
  describeDeviation,
  fixedBy,
  listDeviations,
  type ClaimLock,
  type FixedByLock,
  type LockDeviation,
} from '../config/claim-lock.ts';
import { recordClaimLock } from '../db/queries/claim-locks.ts';
import { listRuns } from '../db/queries/runs.ts';
import type { Database } from '../db/store/connection.ts';

/** The claim has no lock at that scale: lock it. */
export class UnlockedClaimError extends Error {
  override readonly name = 'UnlockedClaimError';
}

/** The declaration is not what was locked: take the change back, lock anew, or say why. */
export class LockDeviationError extends Error {
  override readonly name = 'LockDeviationError';
}

/** A declaration that may be launched under its lock. */
export interface LockedLaunch {
  readonly lock: ClaimLock;
  readonly declared: FixedByLock;
  readonly deviations: readonly LockDeviation[];
  /** Why it is launched although it deviates; null where it does not. */
  readonly reason: string | null;
}

/** What a declaration is held to. */
export interface Holding {
  /** Null: there is none. */
  readonly lock: ClaimLock | null;
  /** Why it is to be launched although it deviates. */
  readonly deviate: string | undefined;
  /** The claim as a command names it. */
  readonly argument: string;
}

/**
 * Holds a declaration to its lock.
 *
 * @throws {UnlockedClaimError}
 * @throws {LockDeviationError} listing every field, when no reason is given
 */
export function holdToLock(declared: FixedByLock, { lock, deviate, argument }: Holding): LockedLaunch {
  const { claim, scale } = declared;
  if (lock === null)
    throw new UnlockedClaimError(
      `${claim} has no lock at scale ${scale}: what decides it is fixed before its first run. ` +
        `Write it with \`assay claims lock ${argument} --scale ${scale}\`, and commit it; scale tiny needs none`,
    );
  const deviations = listDeviations(fixedBy(lock), declared);
  if (deviations.length === 0) return { lock, declared, deviations, reason: null };
  if (deviate !== undefined) return { lock, declared, deviations, reason: deviate };
  throw new LockDeviationError(
    [
      `${claim}-${scale} is not what was locked on ${lock.lockedAt} (${lock.sha256.slice(0, 12)}):`,
      ...deviations.map((deviation) => `  ${describeDeviation(deviation)}`),
      'Take the change back; or lock it anew with `assay claims lock`; or go on with --deviate REASON, which every report then shows',
    ].join('\n'),
  );
}

/** Keeps, beside the rows of the experiment it launches, what a claim was held to. */
export function recordLockedLaunch(db: Database, { lock, declared, deviations, reason }: LockedLaunch): void {
  recordClaimLock(db, {
    experimentId: declared.experiment,
    lockSha256: lock.sha256,
    // Another experiment, base or seed, an earlier or later lock: each is a launch of its own.
    declaredSha256: fingerprint(declared),
    lock: canonicalJson(lock),
    deviations: canonicalJson(deviations),
    reason,
  });
}

/** Runs of a locked experiment that have started, completed ones included. */
export function countStartedRuns(db: Database, { experiment }: ClaimLock): number {
  return listRuns(db, experiment).filter(({ status }) => status !== 'pending').length;
}
