import { openDatabase, readStoreId, type Database } from '../../db/store/connection.ts';
import { listPositions } from '../../db/queries/progress.ts';
import { attachMatrix, isMatrixOpen } from '../../experiments/launch/matrix-workflow.ts';
import {
  registerMatrix,
  retryMatrix,
  type Launch,
  type PlannedRun,
} from '../../experiments/launch/register.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { parseArtifactLocation } from '../../artifacts/artifact-location.ts';
import type { Home } from '../../artifacts/home.ts';
import { hashSources } from '../../worker/sources.ts';
import { openSession, type Session } from '../../worker/session.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';
import { claimMatrix } from './claim-matrix.ts';
import { InterruptedError } from '../exit-code.ts';
import { completeMatrix } from './follow-matrix.ts';
import { readHome } from '../home-option.ts';
import type { RunOptions, WorkerOptions } from './run-options.ts';

/** Train workers of other hosts, which nobody counts. */
const ASSUMED_TRAIN_WORKERS = 1;

/** What decides which stored results this launch may go on from. */
export function launchOf(options: Pick<WorkerOptions, 'mixedSources'>): Launch {
  return { sources: hashSources(), mixedSources: options.mixedSources ?? false };
}

function onInterrupt(): { promise: Promise<never>; dispose(): void } {
  let interrupt: (error: Error) => void;
  const promise = new Promise<never>((_, reject) => (interrupt = reject));
  promise.catch(() => undefined);
  const handler = (): void => {
    console.error('\nassay: draining; press again to stop at once (nothing recorded is lost either way)');
    interrupt(new InterruptedError('interrupted; run the same command again to resume'));
    process.once('SIGINT', () => process.exit(130));
  };
  process.once('SIGINT', handler);
  process.once('SIGTERM', handler);
  return {
    promise,
    dispose: () => {
      process.removeListener('SIGINT', handler);
      process.removeListener('SIGTERM', handler);
    },
  };
}

function isFinished(db: Database, experimentId: string, planned: readonly PlannedRun[]): boolean {
  const ids = new Set(planned.map(({ id }) => id));
  return listPositions(db, experimentId).every(
    ({ runId, status }) => status === 'completed' || !ids.has(runId),
  );
}

async function openWorkers(home: Home, storeId: string, options: WorkerOptions): Promise<Session> {
  parseArtifactLocation(options.artifacts, home);
  // A forced backend that is missing is refused here rather than by every worker; automatic choice finds one.
  if (options.backend !== 'auto') {
    const { chooseBackend } = await import('../../model/backends/backend.ts');
    chooseBackend({ backend: options.backend, cacheDirectory: defaultCacheDirectory() });
  }
  const session = await openSession({
    ...options,
    home,
    storeId,
    artifacts: options.artifacts,
    findServerProgram: () =>
      provideTemporalServer({
        cacheDirectory: defaultCacheDirectory(),
        report: (line) => console.error(line),
      }),
  });
  if (!session.isSearchable) {
    console.error(
      "the Temporal server does not have Assay's search attributes (docs/reliability.md names them): its workflows cannot be found by them",
    );
  }
  return session;
}

/**
 * Launches, attaches to or resumes matrices one after the other with the same workers, and follows each to its end. A
 * later matrix reuses the runs that an earlier one completed.
 *
 * @param onEnd awaited after each, with how many runs failed
 */
export async function completeMatrices(
  db: Database,
  work: {
    readonly experiments: readonly ResolvedExperiment[];
    readonly onEnd?: (experiment: ResolvedExperiment, failed: number) => Promise<void>;
  },
  options: WorkerOptions,
): Promise<void> {
  const home = readHome(options);
  const interrupt = onInterrupt();
  let session: Session | null = null;
  try {
    for (const experiment of work.experiments) {
      const planned = registerMatrix(db, experiment, launchOf(options));
      const count = planned.length;
      let failed = 0;
      if (isFinished(db, experiment.id, planned)) {
        console.error(`${experiment.name}: all ${count} runs are completed already`);
      } else {
        claimMatrix(db, experiment.id);
        session ??= await openWorkers(home, readStoreId(db), options);
        console.error(
          `${experiment.name}: ${count} runs, Temporal at ${session.address}, ${options.trainWorkers} train workers; results in ${home.directory}`,
        );
        // Runs that a matrix under way has tried are reported when it ends; the next launch starts them again.
        const key = { storeId: readStoreId(db), experimentId: experiment.id };
        if (!(await isMatrixOpen(attachMatrix(session.client, key))))
          retryMatrix(db, experiment, launchOf(options));
        const window = options.window ?? 2 * Math.max(options.trainWorkers, ASSUMED_TRAIN_WORKERS);
        const launch = { window, failFast: options.failFast ?? false };
        failed = await completeMatrix({ session, db, experiment, ...launch }, interrupt.promise);
      }
      await work.onEnd?.(experiment, failed);
    }
  } finally {
    await session?.close();
    interrupt.dispose();
  }
}

/** Completes matrices and writes a report of each; returns the exit code. */
export async function runMatrices(
  experiments: readonly ResolvedExperiment[],
  options: RunOptions,
): Promise<number> {
  const home = readHome(options);
  const db = openDatabase(home.database);
  let exitCode = 0;
  const onEnd = async ({ id }: ResolvedExperiment, failed: number): Promise<void> => {
    const json = options.json ?? false;
    exitCode = Math.max(exitCode, await finishWithReport(db, { home, experimentId: id, json, failed }));
  };
  await completeMatrices(db, { experiments, onEnd }, options);
  return exitCode;
}

async function finishWithReport(
  db: Database,
  end: {
    readonly home: Home;
    readonly experimentId: string;
    readonly json: boolean;
    readonly failed: number;
  },
): Promise<number> {
  const runs = listPositions(db, end.experimentId);
  for (const run of runs.filter(({ status }) => status === 'failed')) {
    console.error(`failed: ${run.runId}: ${run.failureType}: ${run.failureMessage}`);
  }
  // Loaded only here: the figures' library is as large as all else.
  const { printReportPaths, writeExperimentReport } = await import('../write-experiment-report.ts');
  const report = await writeExperimentReport(db, end.home, end);
  if (end.json)
    console.log(
      JSON.stringify({ runs: runs.map(({ runId, status }) => ({ id: runId, status })), report }, null, 2),
    );
  else printReportPaths(report);
  return end.failed > 0 || runs.some((run) => run.status === 'failed') ? 1 : 0;
}
