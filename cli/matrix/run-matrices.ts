import type { Home } from '../../artifacts/home.ts';
import { listPositions } from '../../db/queries/progress.ts';
import { openHome } from '../../artifacts/open-home.ts';
import type { Database } from '../../db/store/connection.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { completeMatrices, type MatrixWork } from '../../launch/complete-matrices.ts';
import type { MatrixView } from '../../launch/follow-matrix.ts';
import { readHome } from '../home-option.ts';
import { createProgressView } from './progress.ts';
import { toLaunchSettings, type RunOptions, type WorkerOptions } from './run-options.ts';
import { openTracking } from './track-curves.ts';
import { untilInterrupted } from './until-interrupted.ts';

/** Completes matrices before the eyes of whoever typed the command: progress on stderr, Ctrl-C drains. */
export function showMatrices(
  db: Database,
  work: Pick<MatrixWork, 'experiments' | 'onEnd'> & Partial<Pick<MatrixWork, 'openView'>>,
  options: WorkerOptions,
): Promise<void> {
  return untilInterrupted((interrupted) =>
    completeMatrices(db, { openView: createProgressView, ...work, interrupted }, toLaunchSettings(options)),
  );
}

/** Completes matrices and writes a report of each; returns the exit code. */
export async function runMatrices(
  experiments: readonly ResolvedExperiment[],
  options: RunOptions,
): Promise<number> {
  const home = readHome(options);
  const db = openHome(home);
  let exitCode = 0;
  const onEnd = async ({ id }: ResolvedExperiment, failed: number): Promise<void> => {
    const json = options.json ?? false;
    exitCode = Math.max(exitCode, await finishWithReport(db, { home, experimentId: id, json, failed }));
  };
  const tracking = await openTracking(db, experiments, options);
  try {
    const openView = (): MatrixView => tracking.watch(createProgressView());
    await showMatrices(db, { experiments, onEnd, openView }, options);
  } finally {
    await tracking.end();
  }
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
  const { printAnswer, printUnverified, writeExperimentReport } =
    await import('../write-experiment-report.ts');
  const report = await writeExperimentReport(db, end.home, end);
  if (end.json)
    console.log(
      JSON.stringify(
        {
          runs: runs.map(({ runId, status }) => ({ id: runId, status })),
          answer: report.answer,
          report: report.files,
        },
        null,
        2,
      ),
    );
  else printAnswer(report);
  printUnverified(report);
  return end.failed > 0 || runs.some((run) => run.status === 'failed') ? 1 : 0;
}
