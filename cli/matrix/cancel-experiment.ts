import { openDatabase, readStoreId } from '../../db/store/connection.ts';
import { chooseExperiment } from '../../db/queries/experiments.ts';
import { cancelUnfinishedRuns, listRuns } from '../../db/queries/runs.ts';
import {
  attachMatrix,
  cancelMatrix,
  MatrixNotOpenError,
  NoWorkerError,
  type MatrixKey,
} from '../../experiments/launch/matrix-workflow.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import type { Home } from '../../artifacts/home.ts';
import { openSession } from '../../worker/session.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';
import { readHome } from '../home-option.ts';
import { withOpenMatrix } from './open-matrix.ts';

/** Nobody works on the matrix: a store worker of this command's own lets its workflows end and mark their rows. */
async function cancelWithOwnWorker(home: Home, matrix: MatrixKey): Promise<void> {
  const cacheDirectory = defaultCacheDirectory();
  const session = await openSession({
    home,
    storeId: matrix.storeId,
    artifacts: process.env['ASSAY_ARTIFACTS'],
    backend: 'auto',
    trainWorkers: 0,
    threads: 1,
    findServerProgram: () => provideTemporalServer({ cacheDirectory, report: (line) => console.error(line) }),
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
  options: { readonly home: string },
  name: string | undefined,
): Promise<Cancellation> {
  const home = readHome(options);
  const db = openDatabase(home.database);
  const experiment = chooseExperiment(db, name);
  try {
    await withOpenMatrix(options, experiment.id, (handle, client) => cancelMatrix({ client, handle }));
  } catch (error) {
    if (error instanceof NoWorkerError)
      await cancelWithOwnWorker(home, { storeId: readStoreId(db), experimentId: experiment.id });
    // Without a workflow nothing is under way; rows that say otherwise are of a launch whose server is gone.
    else if (error instanceof MatrixNotOpenError) cancelUnfinishedRuns(db, experiment.id);
    else throw error;
  }
  const runs = listRuns(db, experiment.id);
  const count = (status: string): number => runs.filter((run) => run.status === status).length;
  return { experiment: experiment.name, cancelled: count('cancelled'), completed: count('completed') };
}
