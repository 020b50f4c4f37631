import { readFollower, writeFollower } from '../db/queries/experiments.ts';
import type { Database } from '../db/store/connection.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../worker/server/process-identity.ts';
import { configuredTarget, hasConfiguredServer } from '../worker/server/temporal-connection.ts';

/** Another command works on the same matrix through another Temporal server. */
export class MatrixElsewhereError extends Error {
  override readonly name = 'MatrixElsewhereError';
}

/** The server that this command would use, as people tell servers apart. */
export function nameServer(environment: NodeJS.ProcessEnv): string {
  if (!hasConfiguredServer(environment)) return 'embedded';
  const { connectionOptions, namespace } = configuredTarget(environment);
  return `${connectionOptions.address ?? 'localhost:7233'}, namespace ${namespace}`;
}

/**
 * Notes that this process follows the matrix on a server. Two servers that drive one matrix would take its runs from each other step by
 * step: no row would be wrong, and nothing would get on.
 *
 * @throws {MatrixElsewhereError} while a command that follows it on another server is still there
 */
export function claimMatrix(
  db: Database,
  experimentId: string,
  by: { readonly server: string; readonly process: ProcessIdentity } = {
    server: nameServer(process.env),
    process: identifyProcess(process.pid)!,
  },
): void {
  const known = readFollower(db, experimentId);
  if (known !== null && known.server !== by.server && isRunning(known.process)) {
    throw new MatrixElsewhereError(
      `process ${known.process.pid} works on this matrix through another Temporal server (${known.server}); this command would use ` +
        `${by.server}. Give both the same TEMPORAL_* settings, or stop that process first`,
    );
  }
  writeFollower(db, experimentId, by);
}
