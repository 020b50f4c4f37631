import { readStoreId, type Database } from '../db/store/connection.ts';
import { listPositions } from '../db/queries/progress.ts';
import type { PlannedRun } from '../experiments/plan-runs.ts';
import type { ResolvedExperiment } from '../experiments/resolve/resolve.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { parseArtifactLocation } from '../artifacts/artifact-location.ts';
import { hashSources } from '../worker/sources.ts';
import { openSession, type Session } from '../worker/session.ts';
import { claimMatrix } from './claim-matrix.ts';
import { findServerProgram } from './find-server-program.ts';
import { completeMatrix, type Follower } from './follow-matrix.ts';
import type { LaunchSettings } from './launch-settings.ts';
import { attachMatrix, isMatrixOpen } from './matrix-workflow.ts';
import { registerMatrix, retryMatrix, type Launch } from './register.ts';

/** Train workers of other hosts, which nobody counts. */
const ASSUMED_TRAIN_WORKERS = 1;

/** What decides which stored results this launch may go on from. */
export function launchOf({ mixedSources = false }: Pick<LaunchSettings, 'mixedSources'>): Launch {
  return { sources: hashSources(), mixedSources };
}

function isFinished(db: Database, experimentId: string, planned: readonly PlannedRun[]): boolean {
  const ids = new Set(planned.map(({ id }) => id));
  return listPositions(db, experimentId).every(
    ({ runId, status }) => status === 'completed' || !ids.has(runId),
  );
}

async function openWorkers(storeId: string, settings: LaunchSettings): Promise<Session> {
  const { home, artifacts, backend, trainWorkers, threads, metrics, teller } = settings;
  parseArtifactLocation(artifacts, home);
  // A forced backend that is missing is refused here rather than by every worker; automatic choice finds one.
  if (backend !== 'auto') {
    const { chooseBackend } = await import('../model/backends/backend.ts');
    chooseBackend({ backend, cacheDirectory: defaultCacheDirectory() });
  }
  const session = await openSession({
    ...{ home, storeId, artifacts, backend, trainWorkers, threads, metrics },
    findServerProgram: () => findServerProgram(teller),
  });
  if (!session.isSearchable) {
    teller.line(
      "the Temporal server does not have Assay's search attributes (docs/reliability.md names them): its workflows cannot be found by them",
    );
  }
  return session;
}

/** Matrices to complete, and who follows them. */
export interface MatrixWork extends Follower {
  readonly experiments: readonly ResolvedExperiment[];
  /** Awaited after each, with how many runs failed. */
  readonly onEnd?: (experiment: ResolvedExperiment, failed: number) => Promise<void>;
}

/** Launches or attaches to one matrix and follows it to its end; how many runs failed. */
async function launchMatrix(
  { db, session, experiment }: { db: Database; session: Session; experiment: ResolvedExperiment },
  work: MatrixWork,
  settings: LaunchSettings,
): Promise<number> {
  const { trainWorkers, window, failFast = false } = settings;
  // Runs that a matrix under way has tried are reported when it ends; the next launch starts them again.
  const key = { storeId: readStoreId(db), experimentId: experiment.id };
  if (!(await isMatrixOpen(attachMatrix(session.client, key))))
    retryMatrix(db, experiment, launchOf(settings));
  const matrix = {
    ...{ session, db, experiment, failFast },
    trainWorkers: Math.max(trainWorkers, ASSUMED_TRAIN_WORKERS),
    window: window ?? 2 * Math.max(trainWorkers, ASSUMED_TRAIN_WORKERS),
  };
  return completeMatrix(matrix, work);
}

/**
 * Launches, attaches to or resumes matrices one after the other with the same workers, and follows each to its end. A
 * later matrix reuses the runs that an earlier one completed.
 */
export async function completeMatrices(
  db: Database,
  work: MatrixWork,
  settings: LaunchSettings,
): Promise<void> {
  const { home, teller, trainWorkers } = settings;
  let session: Session | null = null;
  try {
    for (const experiment of work.experiments) {
      const planned = registerMatrix(db, experiment, launchOf(settings));
      const count = planned.length;
      let failed = 0;
      if (isFinished(db, experiment.id, planned)) {
        teller.line(`${experiment.name}: all ${count} runs are completed already`);
      } else {
        claimMatrix(db, experiment.id);
        session ??= await openWorkers(readStoreId(db), settings);
        teller.line(
          `${experiment.name}: ${count} runs, Temporal at ${session.address}, ${trainWorkers} train workers; results in ${home.directory}`,
        );
        failed = await launchMatrix({ db, session, experiment }, work, settings);
      }
      await work.onEnd?.(experiment, failed);
    }
  } finally {
    await session?.close();
  }
}
