import {
  fixedBy,
  listDeviations,
  sealLock,
  type ClaimLock,
  type FixedByLock,
} from '../../config/claim-lock.ts';

/** The claim has runs under its lock already: say why it is locked anew, or leave it. */
export class LockInUseError extends Error {
  override readonly name = 'LockInUseError';
}

export interface Relocking {
  /** The lock that is there; null: none. */
  readonly found: ClaimLock | null;
  /** Runs of the locked experiment that have started. */
  readonly startedRuns: number;
  /** Why a lock that has runs is replaced. */
  readonly reason: string | undefined;
  /** ISO 8601, UTC. */
  readonly now: string;
}

export interface RenewedLock {
  readonly state: 'locked' | 'unchanged' | 'relocked';
  readonly lock: ClaimLock;
}

/**
 * The lock of what is declared now: the one that is there where nothing changed.
 *
 * @throws {LockInUseError} when something changed, runs have started, and no reason is given
 */
export function renewLock(fixed: FixedByLock, { found, startedRuns, reason, now }: Relocking): RenewedLock {
  const seal = (history: ClaimLock['history']): ClaimLock => sealLock({ ...fixed, history, lockedAt: now });
  if (found === null) return { state: 'locked', lock: seal([]) };
  const deviations = listDeviations(fixedBy(found), fixed);
  if (deviations.length === 0) return { state: 'unchanged', lock: found };
  // Before the first run nobody has seen a number, so there is nothing to account for; a history that is there stays.
  if (startedRuns === 0) return { state: 'relocked', lock: seal(found.history) };
  if (reason !== undefined)
    return { state: 'relocked', lock: seal([...found.history, { sha256: found.sha256, reason }]) };
  throw new LockInUseError(
    `${fixed.claim}-${fixed.scale}: ${startedRuns} runs have started under the lock of ${found.lockedAt} (${found.sha256.slice(0, 12)}), and ` +
      `${deviations.map(({ path }) => path).join(', ')} would change; say why with --relock REASON, which the lock keeps, or leave it`,
  );
}
