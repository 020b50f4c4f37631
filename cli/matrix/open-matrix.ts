import type { Client } from '@temporalio/client';
import { openReadonlyDatabase, readStoreId } from '../../db/store/connection.ts';
import { chooseExperiment } from '../../db/queries/experiments.ts';
import {
  attachMatrix,
  isMatrixOpen,
  MatrixNotOpenError,
  type MatrixHandle,
} from '../../experiments/launch/matrix-workflow.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { openServer } from '../../worker/session.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';
import { connectClient } from '../../worker/server/temporal-connection.ts';
import { readHome } from '../home-option.ts';

/** Calls `body` with the open matrix of an experiment, on the server its home uses. */
export async function withOpenMatrix<Result>(
  options: { readonly home: string },
  name: string | undefined,
  body: (handle: MatrixHandle, client: Client) => Promise<Result>,
): Promise<Result> {
  const home = readHome(options);
  const db = openReadonlyDatabase(home.database);
  const experiment = chooseExperiment(db, name);
  const cacheDirectory = defaultCacheDirectory();
  const report = (line: string): void => console.error(line);
  const { target, server } = await openServer(home, () => provideTemporalServer({ cacheDirectory, report }));
  const client = await connectClient(target);
  try {
    const handle = attachMatrix(client, { storeId: readStoreId(db), experimentId: experiment.id });
    if (!(await isMatrixOpen(handle))) {
      throw new MatrixNotOpenError(
        `${experiment.name} is not under way; launch it with \`assay run\` or \`assay resume\``,
      );
    }
    return await body(handle, client);
  } finally {
    await client.connection.close();
    await server?.release();
  }
}
