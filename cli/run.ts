import { CancelledFailure, WorkflowFailedError } from '@temporalio/client';
import { Option, type Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase, type Database } from '../db/connection.ts';
import { listRuns } from '../db/runs.ts';
import { loadExperiment } from '../experiments/load.ts';
import {
  attachMatrix,
  isMatrixOpen,
  queryBaseModel,
  startMatrix,
  type MatrixHandle,
  type MatrixProgress,
} from '../experiments/matrix-workflow.ts';
import { planRuns, registerMatrix, retryMatrix, type Launch } from '../experiments/register.ts';
import { resolveExperiment, type ResolvedExperiment } from '../experiments/resolve.ts';
import { chooseBackend, type BackendChoice } from '../model/backend.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { applyAssignment } from '../spec/merge.ts';
import { parseArtifactLocation } from '../worker/artifact-location.ts';
import type { Home } from '../worker/home.ts';
import { defaultTrainWorkers, openSession, type Session } from '../worker/session.ts';
import { hashSources } from '../worker/sources.ts';
import { provideTemporalServer } from '../worker/setup/temporal-server.ts';
import { InterruptedError } from './exit-code.ts';
import { artifactsOption, homeOption, jsonOption, readHome } from './home-option.ts';
import { parseCount, parseSeeds, parseWholeNumber } from './parse-options.ts';
import { createProgressView, type BaseProgress } from './progress.ts';
import { printReportPaths, writeExperimentReport } from './report.ts';
import { backendOption } from './worker.ts';

/** Where a matrix lives and what computes it. */
export interface WorkerOptions {
  readonly home: string;
  readonly artifacts?: string;
  readonly backend: BackendChoice;
  readonly trainWorkers: number;
  readonly threads: number;
  readonly window?: number;
  readonly failFast?: boolean;
  readonly mixedSources?: boolean;
}

export interface RunOptions extends WorkerOptions {
  readonly set: readonly string[];
  readonly seeds?: number | number[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const POLL_INTERVAL_MS = 1000;

/** Train workers of other hosts, which nobody counts. */
const ASSUMED_TRAIN_WORKERS = 1;

/** The experiment a file and the command line declare together. */
export async function declareExperiment(
  file: string,
  options: Pick<RunOptions, 'set' | 'seeds'>,
): Promise<ResolvedExperiment> {
  let declared = await loadExperiment(file);
  // A scheme or base recipe named by its bare name can be overridden too.
  if (typeof declared['scheme'] === 'string')
    declared = { ...declared, scheme: { name: declared['scheme'] } };
  if (typeof declared['base'] === 'string') declared = { ...declared, base: { recipe: declared['base'] } };
  for (const assignment of options.set) declared = applyAssignment(declared, assignment);
  if (options.seeds !== undefined) declared = { ...declared, seeds: options.seeds };
  return resolveExperiment(declared);
}

function printPlan(experiment: ResolvedExperiment, asJson: boolean): void {
  const runs = planRuns(experiment);
  if (asJson) {
    console.log(JSON.stringify({ ...experiment, runs }, null, 2));
    return;
  }
  console.log(`${experiment.name} (${experiment.id.slice(0, 12)}): ${experiment.question}`);
  for (const condition of experiment.conditions) {
    const { training, scheme, base } = condition.condition;
    const control = condition.isControl ? ' (control)' : '';
    console.log(
      `  ${condition.name}${control}: scheme ${scheme.name}, ${training.steps} steps of ${training.promptsPerStep} × ${training.groupSize} rollouts, base ${base.name}, fingerprint ${condition.id.slice(0, 12)}`,
    );
  }
  console.log(`${runs.length} runs:`);
  for (const run of runs) console.log(`  ${run.id}`);
}

async function listBaseProgress(session: Session, experiment: ResolvedExperiment): Promise<BaseProgress[]> {
  const names = new Map(experiment.conditions.map(({ id, condition }) => [id, condition.base.name]));
  const bases = new Map(
    planRuns(experiment).map((run) => [
      run.baseModelId,
      `${names.get(run.conditionId)!} seed ${run.baseSeed}`,
    ]),
  );
  const progress = await Promise.all(
    [...bases].map(async ([baseModelId, name]) => {
      const at = await queryBaseModel(session.client, { experimentId: experiment.id, baseModelId });
      return at === null || at.step >= at.totalSteps ? [] : [{ name, ...at }];
    }),
  );
  return progress.flat();
}

/** Someone cancelled the matrix while this command followed it. */
export class MatrixCancelledError extends Error {
  override readonly name = 'MatrixCancelledError';
}

/** How a matrix ended; one that was cancelled, by the update or by the server's own means, is an error. */
async function waitForEnd(handle: MatrixHandle): Promise<MatrixProgress> {
  const isCancellation = (error: unknown): boolean =>
    error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure;
  const progress = await handle.result().catch((error: unknown) => {
    if (isCancellation(error)) return null;
    throw error;
  });
  if (progress !== null && !progress.isCancelled) return progress;
  throw new MatrixCancelledError(
    'the matrix was cancelled; what is recorded stays, and `assay run` starts its runs again',
  );
}

/** Shows progress until the matrix ends; rejects when interrupted or when the workers cannot be kept running. */
async function follow(
  context: {
    readonly session: Session;
    readonly handle: MatrixHandle;
    readonly db: Database;
    readonly experiment: ResolvedExperiment;
  },
  interrupted: Promise<never>,
): Promise<MatrixProgress> {
  const { session, handle, db, experiment } = context;
  const view = createProgressView(db, experiment.id);
  let isDone = false;
  const finished = waitForEnd(handle).finally(() => (isDone = true));
  const showUntilDone = async (): Promise<void> => {
    while (!isDone) {
      view.show(await listBaseProgress(session, experiment));
      await sleep(POLL_INTERVAL_MS);
    }
  };
  try {
    const result = await Promise.race([
      Promise.all([finished, showUntilDone()]).then(([progress]) => progress),
      interrupted,
      session.failure,
    ]);
    view.show([]);
    return result;
  } finally {
    isDone = true;
    view.end();
  }
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

function isFinished(db: Database, experiment: ResolvedExperiment): boolean {
  const planned = new Set(planRuns(experiment).map((run) => run.id));
  return listRuns(db, experiment.id).every((run) => run.status === 'completed' || !planned.has(run.id));
}

function countPending(db: Database, experimentId: string): number {
  return listRuns(db, experimentId).filter(({ status }) => status === 'pending').length;
}

/**
 * Follows the matrix to its end; how many runs failed. The matrix under way that this launch attached to may have planned its
 * last page before the launch added runs: then it is started once more.
 */
async function completeMatrix(
  context: { readonly session: Session; readonly db: Database; readonly experiment: ResolvedExperiment },
  launch: { readonly window: number; readonly failFast: boolean },
  interrupted: Promise<never>,
): Promise<number> {
  const { session, db, experiment } = context;
  let failed = 0;
  let before: number;
  let pending = countPending(db, experiment.id);
  do {
    before = pending;
    const handle = await startMatrix(session.client, { experimentId: experiment.id, ...launch });
    failed += (await follow({ ...context, handle }, interrupted)).failed;
    pending = countPending(db, experiment.id);
  } while (pending > 0 && pending < before && failed === 0);
  return failed;
}

/** What decides which stored results this launch may go on from. */
export function launchOf(options: Pick<WorkerOptions, 'mixedSources'>): Launch {
  return { sources: hashSources(), mixedSources: options.mixedSources ?? false };
}

function openWorkers(home: Home, options: WorkerOptions): Promise<Session> {
  parseArtifactLocation(options.artifacts, home);
  // A forced backend that is missing is refused here rather than by every worker.
  chooseBackend({ backend: options.backend, cacheDirectory: defaultCacheDirectory() });
  return openSession({
    ...options,
    home,
    artifacts: options.artifacts,
    findServerProgram: () =>
      provideTemporalServer({
        cacheDirectory: defaultCacheDirectory(),
        report: (line) => console.error(line),
      }),
  });
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
      registerMatrix(db, experiment, launchOf(options));
      const { length: count } = planRuns(experiment);
      let failed = 0;
      if (isFinished(db, experiment)) {
        console.error(`${experiment.name}: all ${count} runs are completed already`);
      } else {
        session ??= await openWorkers(home, options);
        console.error(
          `${experiment.name}: ${count} runs, Temporal at ${session.address}, ${options.trainWorkers} train workers; results in ${home.directory}`,
        );
        // Runs that a matrix under way has tried are reported when it ends; the next launch starts them again.
        if (!(await isMatrixOpen(attachMatrix(session.client, experiment.id))))
          retryMatrix(db, experiment, launchOf(options));
        const launch = {
          window: options.window ?? 2 * Math.max(options.trainWorkers, ASSUMED_TRAIN_WORKERS),
          failFast: options.failFast ?? false,
        };
        failed = await completeMatrix({ session, db, experiment }, launch, interrupt.promise);
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
  const runs = listRuns(db, end.experimentId);
  for (const run of runs.filter(({ status }) => status === 'failed')) {
    console.error(`failed: ${run.id}: ${run.failureType}: ${run.failureMessage}`);
  }
  const report = await writeExperimentReport(db, end.home, end.experimentId);
  if (end.json)
    console.log(JSON.stringify({ runs: runs.map(({ id, status }) => ({ id, status })), report }, null, 2));
  else printReportPaths(report);
  return end.failed > 0 || runs.some((run) => run.status === 'failed') ? 1 : 0;
}

/** What decides speed and never a number. */
export function addWorkerOptions(command: Command): Command {
  return command
    .addOption(artifactsOption())
    .addOption(backendOption())
    .addOption(
      new Option('--train-workers <n>', 'train worker processes, one slot each; 0: other hosts train')
        .argParser(parseWholeNumber)
        .default(defaultTrainWorkers(), 'one per core'),
    )
    .addOption(
      new Option('--threads <n>', 'threads inside one tfjs operation').argParser(parseCount).default(1),
    )
    .addOption(
      new Option(
        '--window <n>',
        'most runs under way at once (default: twice the train workers of this host)',
      ).argParser(parseCount),
    )
    .option('--fail-fast', 'start no further run once one has failed')
    .option(
      '--mixed-sources',
      'go on although other sources of the program computed a part; the report names the mixture',
    );
}

export function addRunOptions(command: Command): Command {
  command
    .addOption(homeOption())
    .addOption(
      new Option('--set <key=value...>', 'override a setting, e.g. training.steps=10').default([], 'none'),
    )
    .addOption(
      new Option('--seeds <seeds>', 'number of seeds, or a comma-separated list').argParser(parseSeeds),
    );
  return addWorkerOptions(command).addOption(jsonOption());
}

export function addRunCommand(program: Command, setExitCode: (code: number) => void): void {
  addRunOptions(program.command('run'))
    .description('Launch a declared matrix, or resume it where it stopped; the same command does both.')
    .argument('<file>', 'a .ts, .yaml or .json file that declares an experiment')
    .option('--dry-run', 'print the expanded conditions and runs, and compute nothing')
    .addHelpText(
      'after',
      `
Examples:
  assay run experiments/matrices/quickstart.ts
  assay run experiments/matrices/quickstart.ts --seeds 5 --set training.steps=100
  assay run experiments/matrices/quickstart.ts --dry-run --json

\`assay settings\` lists every key that --set takes, with its default.`,
    )
    .action(async (file: string, options: RunOptions) => {
      const experiment = await declareExperiment(file, options);
      if (options.dryRun) printPlan(experiment, options.json ?? false);
      else setExitCode(await runMatrices([experiment], options));
    });
}
