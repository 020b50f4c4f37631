import type { Client } from '@temporalio/client';
import { openReadonlyDatabase, readStoreId } from '../db/store/connection.ts';
import { chooseExperiment } from '../db/queries/experiments.ts';
import { openServer } from '../worker/session.ts';
import { connectClient } from '../worker/server/temporal-connection.ts';
import { findServerProgram } from './find-server-program.ts';
import type { StoreSettings } from './launch-settings.ts';
import { attachMatrix, isMatrixOpen, MatrixNotOpenError, type MatrixHandle } from './matrix-workflow.ts';

/** Calls `body` with the open matrix of an experiment, on the server its home uses. */
export async function withOpenMatrix<Result>(
  { home, teller }: StoreSettings,
  name: string | undefined,
  body: (handle: MatrixHandle, client: Client) => Promise<Result>,
): Promise<Result> {
  const db = openReadonlyDatabase(home.database);
  const experiment = chooseExperiment(db, name);
  const { target, server } = await openServer(home, () => findServerProgram(teller));
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
