import type { Client } from '@temporalio/client';
import type { Command } from 'commander';
import { openReadonlyDatabase, readStoreId } from '../db/connection.ts';
import { chooseExperiment } from '../db/experiments.ts';
import {
  attachMatrix,
  isMatrixOpen,
  MatrixNotOpenError,
  setMatrixPaused,
  type MatrixHandle,
} from '../experiments/matrix-workflow.ts';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { openServer } from '../worker/session.ts';
import { provideTemporalServer } from '../worker/setup/temporal-server.ts';
import { connectClient } from '../worker/temporal-connection.ts';
import { homeOption, jsonOption, readHome } from './home-option.ts';

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

interface PauseOptions {
  readonly home: string;
  readonly json?: boolean;
  readonly off?: boolean;
}

export function addPauseCommand(program: Command): void {
  program
    .command('pause')
    .description('Let running steps finish and start no further ones; `assay pause --off` goes on.')
    .argument('[experiment]', 'name or id; the newest when left out')
    .option('--off', 'go on again')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay pause quickstart\n  assay pause quickstart --off')
    .action(async (name: string | undefined, options: PauseOptions) => {
      const progress = await withOpenMatrix(options, name, (handle, client) =>
        setMatrixPaused({ client, handle }, options.off !== true),
      );
      if (options.json) console.log(JSON.stringify(progress, null, 2));
      else
        console.log(
          `${progress.isPaused ? 'paused' : 'going on'}: ${progress.running.length} runs under way, ${progress.completed} completed`,
        );
    });
}
