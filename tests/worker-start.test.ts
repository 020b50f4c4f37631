import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { acquireEmbeddedServer } from '../worker/server/embedded-server.ts';
import { findFreePort } from '../worker/server/free-port.ts';
import { toHome } from '../artifacts/home.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import { followProcess, runAssay, startAssay, type AssayProcess } from './support/assay-process.ts';
import {
  countFinished,
  createTemporaryDirectory,
  smallMatrixCommand,
  waitFor,
} from './support/small-matrix.ts';

/** A store worker as a command starts it, which waits for a server at an address. */
function startStoreWorker(home: string, address: string): AssayProcess {
  const program = fileURLToPath(new URL('../cli/assay.mjs', import.meta.url));
  return followProcess(
    spawn(process.execPath, [program, 'worker', '--role', 'store', '--home', home], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, TEMPORAL_ADDRESS: address, TEMPORAL_CONFIG_FILE: '' },
    }),
  );
}

test('a worker that is told to stop while it still waits for its server ends at once', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-worker-stop-');
  const worker = startStoreWorker(home, `127.0.0.1:${await findFreePort()}`);
  await waitFor(worker, 'the worker prepares', () => existsSync(join(home, 'assay.db')));
  const toldAt = Date.now();
  worker.child.kill('SIGTERM');
  assert.equal(await worker.exit, 0, worker.output().stderr);
  assert.ok(Date.now() - toldAt < 3000, `it took ${Date.now() - toldAt} ms`);
});

test('a worker that is there before its server polls as soon as that answers', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-worker-early-');
  const report = (): void => undefined;
  const program = await provideTemporalServer({ cacheDirectory: defaultCacheDirectory(), report });
  let worker: AssayProcess | undefined;
  const server = await acquireEmbeddedServer(toHome(home), program, (address) => {
    worker = startStoreWorker(home, address);
  });
  assert.ok(worker);
  const [message] = (await once(worker.child, 'message')) as [{ ready: string }];
  assert.equal(message.ready, 'store');
  worker.child.kill('SIGTERM');
  assert.equal(await worker.exit, 0, worker.output().stderr);
  await server.release();
});

test('every worker of a command serves its metrics, the store worker at the port that was named', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-metrics-');
  const port = await findFreePort();
  const assay = startAssay([
    ...smallMatrixCommand(home),
    ...['--metrics', String(port), '--train-workers', '1'],
  ]);
  await waitFor(assay, 'some steps', () => countFinished(home, 'record') >= 2);
  const scrape = async (index: number): Promise<string> =>
    (await fetch(`http://127.0.0.1:${port + index}/metrics`)).text();
  const store = await scrape(0);
  assert.match(store, /^temporal_workflow_task_schedule_to_start_latency_count\{.*\/store/m);
  assert.match(store, /^temporal_(local_)?activity_execution_latency_count\{/m);
  const train = await scrape(1);
  assert.match(train, /^temporal_activity_schedule_to_start_latency_count\{.*train/m);
  assert.match(train, /^temporal_worker_task_slots_available\{/m);
  assay.child.kill('SIGINT');
  assert.equal(await assay.exit, 130, assay.output().stderr);
});

test('metrics are refused by name where another program listens', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-metrics-taken-');
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const worker = ['worker', '--role', 'store', '--home', home, '--metrics', `127.0.0.1:${port}`];
  const { code, stderr } = await runAssay(worker);
  taken.close();
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`MetricsAddressError: metrics cannot be served at 127.0.0.1:${port}`));
});
