import { fixedBy, parseLock, type ClaimLock, type LockDeviation } from '../../config/claim-lock.ts';
import { listClaimLocks, type ClaimLockRow } from '../../db/queries/claim-locks.ts';
import type { Database } from '../../db/store/connection.ts';

/** A launch that deviated from its lock. */
export interface DeviatingLaunch {
  readonly deviations: readonly LockDeviation[];
  readonly reason: string;
}

/** What the claim was locked to when it was launched. */
export interface LockRecord {
  /** Of the newest lock. */
  readonly lock: ClaimLock;
  /** By the order in which they were first launched, those held to earlier locks included. */
  readonly launches: readonly DeviatingLaunch[];
  /** In how far the rows that are compared are not those that were locked; nobody gave a reason for it. */
  readonly drift: readonly LockDeviation[];
}

interface Compared {
  readonly runs: readonly { readonly baseSeed: number; readonly seed: number }[];
}

const ascending = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);

/** More or fewer bases and seeds than locked, as `assay extend` or an interrupted launch leave them. */
function findDrift(lock: ClaimLock, { runs }: Compared): LockDeviation[] {
  const { bases, seeds, looks = [] } = fixedBy(lock);
  const found = {
    bases: ascending(runs.map(({ baseSeed }) => baseSeed)),
    seeds: ascending(runs.map(({ seed }) => seed)),
  };
  return Object.entries({ bases, seeds }).flatMap(([path, locked]) => {
    const now = found[path as keyof typeof found];
    // A claim that is at an earlier look, or stopped there, has the bases of that look.
    const isAtLook = path === 'bases' && looks.some((count) => bases.slice(0, count).join() === now.join());
    return locked.join() === now.join() || isAtLook ? [] : [{ path, locked, now }];
  });
}

function toLaunch({ deviations, reason }: ClaimLockRow): DeviatingLaunch[] {
  const found = JSON.parse(deviations) as LockDeviation[];
  return found.length === 0 ? [] : [{ deviations: found, reason: reason! }];
}

/** Null: no launch was held to a lock. */
export function loadLock(db: Database, experimentId: string, compared: Compared): LockRecord | null {
  const rows = listClaimLocks(db, experimentId);
  const newest = rows.at(-1);
  if (newest === undefined) return null;
  const lock = parseLock(JSON.parse(newest.lock), `claim_locks of ${experimentId.slice(0, 12)}`);
  const launches = rows.flatMap(toLaunch);
  // A launch that deviated in bases or seeds accounts for what it left.
  const told = new Set(launches.flatMap(({ deviations }) => deviations.map(({ path }) => path)));
  const drift = findDrift(lock, compared).filter(({ path }) => !told.has(path));
  return { lock, launches, drift };
}
