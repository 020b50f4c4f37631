import { openDatabase, readStoreId, type Database } from '../../db/store/connection.ts';
import { listRuns } from '../../db/queries/runs.ts';
import {
  extendExperiment,
  type ExtendedExperiment,
  type Extension,
} from '../../experiments/launch/extend.ts';
import { extendMatrix, MatrixNotOpenError, NoWorkerError } from '../../experiments/launch/matrix-workflow.ts';
import { registerMatrix } from '../../experiments/launch/register.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import { restoreExperiment } from '../../experiments/launch/restore.ts';
import { openArtifactStore, parseArtifactLocation } from '../../artifacts/artifact-location.ts';
import { continueRuns } from '../../artifacts/continue-runs.ts';
import { readHome } from '../home-option.ts';
import { withOpenMatrix } from './open-matrix.ts';
import type { RunOptions } from './run-options.ts';
import { launchOf, runMatrices } from './run-matrices.ts';

export type ExtendOptions = RunOptions & Extension;

/** Tells the matrix under way that there are more runs; false when none is under way or nobody works on it. */
async function extendUnderWay(options: ExtendOptions, experiment: ResolvedExperiment): Promise<boolean> {
  try {
    await withOpenMatrix(options, experiment.id, (handle, client) => extendMatrix({ client, handle }));
    return true;
  } catch (error) {
    if (error instanceof MatrixNotOpenError || error instanceof NoWorkerError) return false;
    throw error;
  }
}

/** Registers what is new, gives longer runs the steps that are recorded, and says what is left to compute. */
async function prepare(
  db: Database,
  stored: ResolvedExperiment,
  extended: ExtendedExperiment,
  options: ExtendOptions,
): Promise<number> {
  const { experiment, continued, recomputed } = extended;
  const planned = registerMatrix(db, experiment, launchOf(options));
  for (const { name, reason } of recomputed) console.error(`${name} starts over at step 0: ${reason}`);
  const pair = { from: stored.id, to: experiment.id, continued };
  const home = readHome(options);
  const artifacts = await openArtifactStore(parseArtifactLocation(options.artifacts, home), {
    cacheDirectory: home.copies,
    storeId: readStoreId(db),
  });
  const count = await continueRuns(db, artifacts, pair);
  if (count > 0) console.error(`${count} runs continue after the steps that are recorded`);
  if (experiment.id !== stored.id)
    console.error(
      `more steps are another experiment of the same name: ${experiment.id.slice(0, 12)} beside ${stored.id.slice(0, 12)}`,
    );
  const runs = listRuns(db, experiment.id);
  const left = runs.filter(({ status }) => status !== 'completed').length;
  console.error(`${experiment.name}: ${left} of ${planned.length} runs are to be computed`);
  return left;
}

/** Computes what an extension adds, or leaves it to the matrix under way; returns the exit code. */
export async function extendStored(name: string | undefined, options: ExtendOptions): Promise<number> {
  const db = openDatabase(readHome(options).database);
  const stored = restoreExperiment(db, name);
  const extended = extendExperiment(stored, options);
  const left = await prepare(db, stored, extended, options);
  if (left > 0 && (await extendUnderWay(options, extended.experiment))) {
    console.error('the matrix is under way and takes them up; its own command writes the report');
    return 0;
  }
  return runMatrices([extended.experiment], options);
}
