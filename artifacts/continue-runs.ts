import type { ArtifactStore } from './artifact-store.ts';
import type { Database } from '../db/store/connection.ts';
import { copyRecordedSteps, listContinuations } from '../db/queries/continue-runs.ts';

/**
 * Lets the pending runs of a longer experiment begin where the completed runs of a shorter one ended: files first, then the
 * rows in one transaction per run, so that a kill in between costs a repetition. How many runs continue.
 *
 * @throws {ArtifactMissingError | ArtifactDamagedError} when a checkpoint of the shorter run is not what was recorded
 */
export async function continueRuns(
  db: Database,
  artifacts: ArtifactStore,
  pair: { readonly from: string; readonly to: string; readonly continued: ReadonlyMap<string, string> },
): Promise<number> {
  const continuations = listContinuations(db, pair);
  for (const continuation of continuations) {
    for (const { source, path } of continuation.files)
      await artifacts.write(path, await artifacts.read(source));
    copyRecordedSteps(db, continuation);
  }
  return continuations.length;
}
