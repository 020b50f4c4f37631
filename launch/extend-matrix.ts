import { openHome } from '../artifacts/open-home.ts';
import { readStoreId, type Database } from '../db/store/connection.ts';
import { listRuns } from '../db/queries/runs.ts';
import {
  extendExperiment,
  listUnchanged,
  type ExtendedExperiment,
  type Extension,
} from '../experiments/resolve/extend.ts';
import type { ResolvedExperiment } from '../experiments/resolve/resolve.ts';
import { openArtifactStore, parseArtifactLocation, prepareLocation } from '../artifacts/artifact-location.ts';
import { continueRuns } from '../artifacts/continue-runs.ts';
import { launchOf } from './complete-matrices.ts';
import type { LaunchSettings, StoreSettings } from './launch-settings.ts';
import { extendMatrix, MatrixNotOpenError, NoWorkerError } from './matrix-workflow.ts';
import { withOpenMatrix } from './open-matrix.ts';
import { registerMatrix } from './register.ts';
import { restoreExperiment } from './restore.ts';

/** Tells the matrix under way that there are more runs; false when none is under way or nobody works on it. */
async function extendUnderWay(settings: StoreSettings, experiment: ResolvedExperiment): Promise<boolean> {
  try {
    await withOpenMatrix(settings, experiment.id, (handle, client) => extendMatrix({ client, handle }));
    return true;
  } catch (error) {
    if (error instanceof MatrixNotOpenError || error instanceof NoWorkerError) return false;
    throw error;
  }
}

/** Registers what is new, gives longer runs the steps that are recorded, and says what is left to compute. */
async function prepare(
  db: Database,
  extended: ExtendedExperiment & { readonly stored: ResolvedExperiment },
  settings: LaunchSettings,
): Promise<number> {
  const { stored, experiment, continued, recomputed } = extended;
  const { home, teller } = settings;
  const planned = registerMatrix(db, experiment, launchOf(settings));
  for (const { name, reason } of recomputed) teller.line(`${name} starts over at step 0: ${reason}`);
  const location = parseArtifactLocation(settings.artifacts, home);
  prepareLocation(location);
  const artifacts = await openArtifactStore(location, {
    cacheDirectory: home.copies,
    storeId: readStoreId(db),
  });
  const count = await continueRuns(db, artifacts, { from: stored.id, to: experiment.id, continued });
  if (count > 0) teller.line(`${count} runs continue after the steps that are recorded`);
  if (experiment.id !== stored.id)
    teller.line(
      `more steps are another experiment of the same name: ${experiment.id.slice(0, 12)} beside ${stored.id.slice(0, 12)}`,
    );
  const runs = listRuns(db, experiment.id);
  const left = runs.filter(({ status }) => status !== 'completed').length;
  teller.line(`${experiment.name}: ${left} of ${planned.length} runs are to be computed`);
  return left;
}

/** An extended experiment whose rows are written. */
export interface ExtendedMatrix {
  readonly experiment: ResolvedExperiment;
  /** The matrix is under way and computes what is new; otherwise that is left to the caller. */
  readonly isTakenUp: boolean;
}

/**
 * Writes the rows of what an extension adds, and leaves the new runs to the matrix under way if there is one.
 *
 * @param name the newest experiment when undefined
 */
export async function extendStored(
  name: string | undefined,
  settings: LaunchSettings & Extension,
): Promise<ExtendedMatrix> {
  const db = openHome(settings.home);
  const stored = restoreExperiment(db, name);
  const extended = extendExperiment(stored, settings);
  const { experiment } = extended;
  for (const line of listUnchanged(stored, settings)) settings.teller.line(line);
  const left = await prepare(db, { ...extended, stored }, settings);
  return { experiment, isTakenUp: left > 0 && (await extendUnderWay(settings, experiment)) };
}
