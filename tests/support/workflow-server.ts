import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { temporalNames } from '../../config/plan.ts';
import { serverSettings } from '../../worker/server/server-process.ts';
import { findFreePort } from '../../worker/server/free-port.ts';
import { STUB_WORKER_QUEUE } from './stub-activities.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';
import { prepareWorkflowBundle } from '../../worker/workflow-bundle.ts';

export interface WorkflowServer {
  readonly client: Client;
  readonly address: string;
  /** The server's process. */
  readonly pid: number;
  /** Stops workers, then the server. */
  stop(): Promise<void>;
}

/** The store that the stub activities stand for. */
export const STUB_STORE_ID = 'stub';

const START_TIMEOUT_MS = 120_000;

async function connect(address: string): Promise<Connection> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      return await Connection.connect({ address, connectTimeout: '2s' });
    } catch (error) {
      assert.ok(Date.now() < deadline, `the Temporal server did not start: ${String(error)}`);
      await sleep(100);
    }
  }
}

/** A real Temporal server with the real workflows on the given activities. */
export async function startWorkflowServer(settings: {
  readonly activities: object;
  /** Events after which the server suggests to continue as new; the server's own default is 4096. */
  readonly suggestAfterEvents?: number;
  readonly databaseFile?: string;
}): Promise<WorkflowServer> {
  const program = await provideTemporalServer({
    cacheDirectory: defaultCacheDirectory(),
    report: () => undefined,
  });
  const { suggestAfterEvents, databaseFile } = settings;
  const limits =
    suggestAfterEvents === undefined
      ? []
      : ['--dynamic-config-value', `limit.historyCount.suggestContinueAsNew=${suggestAfterEvents}`];
  const port = await findFreePort();
  const server = spawn(
    program,
    [
      ...[
        'server',
        'start-dev',
        '--headless',
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--log-level',
        'never',
      ],
      ...(databaseFile === undefined ? [] : ['--db-filename', databaseFile]),
      ...serverSettings(),
      ...limits,
    ],
    { stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  const address = `127.0.0.1:${port}`;
  const connection = await connect(address);
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const native = await NativeConnection.connect({ address });
  const codePath = await prepareWorkflowBundle(defaultCacheDirectory());
  // Identities without host and process, which would be different in every recorded history.
  const shared = {
    connection: native,
    identity: 'worker',
    maxHeartbeatThrottleInterval: '1s',
  } as const;
  const { storeQueue, trainQueue } = temporalNames(STUB_STORE_ID);
  const workers = [
    await Worker.create({
      ...shared,
      taskQueue: storeQueue,
      workflowBundle: { codePath },
      activities: settings.activities,
    }),
    await Worker.create({ ...shared, taskQueue: trainQueue, activities: settings.activities }),
    await Worker.create({ ...shared, taskQueue: STUB_WORKER_QUEUE, activities: settings.activities }),
  ];
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    client: new Client({ connection, identity: 'client' }),
    address,
    pid: server.pid!,
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await native.close();
      await connection.close();
      server.kill('SIGTERM');
      await ended;
    },
  };
}
