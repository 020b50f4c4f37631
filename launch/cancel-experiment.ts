import { openHome } from '../artifacts/open-home.ts';
import { readStoreId } from '../db/store/connection.ts';
import { chooseExperiment } from '../db/queries/experiments.ts';
import { cancelUnfinishedRuns, listRuns } from '../db/queries/runs.ts';
import { openSession } from '../worker/session.ts';
import { findServerProgram } from './find-server-program.ts';
import type { LaunchSettings, StoreSettings } from './launch-settings.ts';
import {
  attachMatrix,
  cancelMatrix,
  MatrixNotOpenError,
  NoWorkerError,
  type MatrixKey,
} from './matrix-workflow.ts';
import { withOpenMatrix } from './open-matrix.ts';

type CancelSettings = StoreSettings & Pick<LaunchSettings, 'artifacts'>;

/** Nobody works on the matrix: a store worker of this command's own lets its workflows end and mark their rows. */
async function cancelWithOwnWorker(
  { home, artifacts, teller }: CancelSettings,
  matrix: MatrixKey,
): Promise<void> {
  const session = await openSession({
    home,
    storeId: matrix.storeId,
    artifacts,
    backend: 'auto',
    trainWorkers: 0,
    threads: 1,
    findServerProgram: () => findServerProgram(teller),
  });
  try {
    const cancelled = cancelMatrix({
      client: session.client,
      handle: attachMatrix(session.client, matrix),
    });
    await Promise.race([cancelled, session.failure]);
  } finally {
    await session.close();
  }
}

interface Cancellation {
  readonly experiment: string;
  readonly cancelled: number;
  readonly completed: number;
}

/** Ends what is under way and marks what is unfinished; doing it again, or after the end, changes nothing. */
export async function cancelExperiment(
  settings: CancelSettings,
  name: string | undefined,
): Promise<Cancellation> {
  const db = openHome(settings.home);
  const experiment = chooseExperiment(db, name);
  try {
    await withOpenMatrix(settings, experiment.id, (handle, client) => cancelMatrix({ client, handle }));
  } catch (error) {
    if (error instanceof NoWorkerError)
      await cancelWithOwnWorker(settings, { storeId: readStoreId(db), experimentId: experiment.id });
    // Without a workflow nothing is under way; rows that say otherwise are of a launch whose server is gone.
    else if (error instanceof MatrixNotOpenError) cancelUnfinishedRuns(db, experiment.id);
    else throw error;
  }
  const runs = listRuns(db, experiment.id);
  const count = (status: string): number => runs.filter((run) => run.status === status).length;
  return { experiment: experiment.name, cancelled: count('cancelled'), completed: count('completed') };
}
