import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { findFreePort } from '../../worker/server/free-port.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';

const START_LIMIT_MS = 120_000;

export interface SharedServer {
  readonly client: Client;
  /** What belongs in `TEMPORAL_ADDRESS`. */
  readonly address: string;
  stop(): Promise<void>;
}

/** A Temporal server that belongs to no home, with its file in `directory`, reached at the network address `host`. */
export async function startSharedServer(directory: string, host: string): Promise<SharedServer> {
  const cacheDirectory = defaultCacheDirectory();
  const program = await provideTemporalServer({ cacheDirectory, report: console.error });
  const log = openSync(join(directory, 'temporal.log'), 'a');
  // Bound to one outside address, the server's own parts do not find each other.
  const port = await findFreePort();
  const where = ['--ip', '0.0.0.0', '--port', String(port), '--db-filename', join(directory, 'temporal.db')];
  const server = spawn(program, ['server', 'start-dev', '--headless', '--log-level', 'error', ...where], {
    stdio: ['ignore', log, log],
  });
  const address = `${host}:${port}`;
  const deadline = Date.now() + START_LIMIT_MS;
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '2s' });
      const stop = async (): Promise<void> => {
        server.kill('SIGKILL');
        await connection.close();
      };
      return { client: new Client({ connection }), address, stop };
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
