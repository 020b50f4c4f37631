import type { Home } from '../artifacts/home.ts';
import { readFollower, type Follower } from '../db/queries/experiments.ts';
import type { RunStatus } from '../db/queries/runs.ts';
import type { Database } from '../db/store/connection.ts';
import { hasUsers } from '../worker/server/server-users.ts';

/** A run's status as people are told it: its row alone cannot say that the command which computed it is gone. */
export type ShownStatus = RunStatus | 'interrupted';

/**
 * A run whose row says that it runs is interrupted once no command uses the home's embedded server, since its workers end with the
 * command that started them. Of a server elsewhere nobody here can tell whether workers serve it.
 *
 * @param follower of the latest launch; null before the first
 */
export function toShownStatus(
  status: RunStatus,
  { follower, isServerUsed }: { readonly follower: Follower | null; readonly isServerUsed: boolean },
): ShownStatus {
  return status === 'running' && follower?.server === 'embedded' && !isServerUsed ? 'interrupted' : status;
}

/** `toShownStatus` for the runs of one experiment of a home. */
export function createStatusTeller(
  db: Database,
  home: Home,
  experimentId: string,
): (status: RunStatus) => ShownStatus {
  const at = { follower: readFollower(db, experimentId), isServerUsed: hasUsers(home) };
  return (status) => toShownStatus(status, at);
}
