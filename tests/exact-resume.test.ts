import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { toFloats } from '../db/blobs.ts';
import { readStoredCondition } from '../config/stored-condition.ts';
import { openReadonlyDatabase, readStoreId } from '../db/store/connection.ts';
import { attachMatrix, setMatrixPaused } from '../launch/matrix-workflow.ts';
import { listStepMetrics, openScheme } from '../schemes/open-scheme.ts';
import { acquireEmbeddedServer } from '../worker/server/embedded-server.ts';
import { toHome } from '../artifacts/home.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import { findProcesses, runAssay, startAssay } from './support/assay-process.ts';
import { readServer } from './chaos/server-view.ts';
import { payloadSizes } from './support/payload-sizes.ts';
import {
  assertSameResults,
  countFinished,
  createTemporaryDirectory,
  readRows,
  smallMatrixCommand,
  waitFor,
} from './support/small-matrix.ts';

/** The home of a matrix that ran undisturbed, shared by the tests below. */
const calm = createTemporaryDirectory({ after }, 'assay-calm-');

before(async () => {
  const undisturbed = await runAssay(smallMatrixCommand(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
});

/** A command takes longer to start than the small matrix to end. */
async function pauseAtOnce(home: string, experimentId: string): Promise<void> {
  const connection = await Connection.connect({ address: `127.0.0.1:${readServer(home).port}` });
  const client = new Client({ connection });
  const db = openReadonlyDatabase(toHome(home).database);
  const handle = attachMatrix(client, { storeId: readStoreId(db), experimentId });
  await setMatrixPaused({ client, handle }, true);
  await connection.close();
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

test('a matrix killed at every level ends with the rows, hashes and report bytes of one left alone', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-killed-');
  let assay = startAssay(smallMatrixCommand(home));
  // Right after shaping, a train worker is in the middle of an update.
  await waitFor(assay, 'the first update', () => countFinished(home, 'shape/') >= 1);
  killAll(findProcesses('--role train', home).slice(0, 1));
  // Right after a record, train workers are in the middle of a sampling.
  await waitFor(assay, 'a sampling', () => countFinished(home, 'record') >= 2);
  killAll(findProcesses('--role train', home));
  await waitFor(assay, 'more steps', () => countFinished(home, 'record') >= 3);
  killAll(findProcesses('start-dev', home));
  await waitFor(assay, 'steps after the server came back', () => countFinished(home, 'record') >= 4);
  killAll([assay.child.pid!, ...findProcesses('--role', home), ...findProcesses('start-dev', home)]);
  await assay.exit;
  assay = startAssay(smallMatrixCommand(home));
  await waitFor(assay, 'steps after the second start', () => countFinished(home, 'record') >= 6);
  assay.child.kill('SIGINT');
  assert.equal(await assay.exit, 130, assay.output().stderr);
  assert.deepEqual(findProcesses('--role', home), [], 'no worker outlives an interrupted command');
  const resumed = await runAssay(smallMatrixCommand(home));
  assert.equal(resumed.code, 0, resumed.stderr);

  assertSameResults(home, calm);
});

test('pause starts no further step, cancel marks every run, and the same command still ends like one left alone', async (t) => {
  const known = await runAssay(['ls', '--home', calm, '--json']);
  const [{ id }] = JSON.parse(known.stdout) as [{ id: string }];
  const home = createTemporaryDirectory(t, 'assay-cancelled-');
  const assay = startAssay(smallMatrixCommand(home));
  await waitFor(assay, 'the first step', () => countFinished(home, 'record') >= 1);
  await pauseAtOnce(home, id);
  const twice = await runAssay(['pause', '--home', home]);
  assert.equal(twice.code, 1, 'pausing what is paused is refused');
  assert.match(twice.stderr, /paused already/);
  const resumed = await runAssay(['pause', '--off', '--home', home, '--json']);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal((JSON.parse(resumed.stdout) as { isPaused: boolean }).isPaused, false);
  // Again, so that the matrix cannot end before it is cancelled.
  await pauseAtOnce(home, id);
  const cancelled = await runAssay(['cancel', '--home', home, '--json']);
  assert.equal(cancelled.code, 0, cancelled.stderr);
  assert.ok((JSON.parse(cancelled.stdout) as { cancelled: number }).cancelled > 0, cancelled.stdout);
  assert.equal(await assay.exit, 1);
  assert.match(assay.output().stderr, /MatrixCancelledError/);
  assert.deepEqual(findProcesses('--role', home), []);
  const listed = await runAssay(['ls', '--home', home, '--json']);
  const [{ runs }] = JSON.parse(listed.stdout) as [{ runs: { status: string }[] }];
  assert.ok(
    runs.every(({ status }) => status === 'cancelled' || status === 'completed'),
    listed.stdout,
  );
  const again = await runAssay(smallMatrixCommand(home));
  assert.equal(again.code, 0, again.stderr);
  assertSameResults(home, calm);
  const late = await runAssay(['cancel', '--home', home]);
  assert.equal(late.code, 0, late.stderr);
  assert.match(late.stdout, /nothing is left to cancel/);
});

test('a finished matrix says so, exits 0 and computes nothing again', async () => {
  const before = readRows(calm);
  const again = await runAssay(smallMatrixCommand(calm));
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stderr, /completed already/);
  assert.deepEqual(readRows(calm), before);
});

/** Well under the 256 KiB at which Temporal warns; data goes by reference. */
const MAX_PAYLOAD_BYTES = 64 * 1024;

test('histories of a whole matrix hold only small payloads, and today’s workflows replay them', async () => {
  const home = toHome(calm);
  const program = await provideTemporalServer({
    cacheDirectory: defaultCacheDirectory(),
    report: () => undefined,
  });
  const server = await acquireEmbeddedServer(home, program);
  const connection = await Connection.connect({ address: server.address });
  try {
    const client = new Client({ connection });
    const workflowBundle = await bundleWorkflowCode({
      workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    });
    const types = new Set<string>();
    for await (const execution of client.workflow.list()) {
      const history = await client.workflow.getHandle(execution.workflowId, execution.runId).fetchHistory();
      const largest = Math.max(...payloadSizes(history));
      assert.ok(largest <= MAX_PAYLOAD_BYTES, `${execution.workflowId} has a payload of ${largest} bytes`);
      await Worker.runReplayHistory({ workflowBundle }, history, execution.workflowId);
      types.add(execution.type);
    }
    assert.deepEqual([...types].sort(), [
      'baseModelWorkflow',
      'evaluationWorkflow',
      'matrixWorkflow',
      'runWorkflow',
    ]);
  } finally {
    await connection.close();
    await server.release();
  }
});

test('every metric that a step recorded is declared by what computes it', () => {
  const { $client } = openReadonlyDatabase(toHome(calm).database);
  const recorded = $client
    .prepare(
      `select distinct m.name as name, c.settings as settings from metrics m join runs r on r.id = m.run_id
         join conditions c on c.id = r.condition_id and c.experiment_id = r.experiment_id
       where m.name not like 'format/%'`,
    )
    .all() as { name: string; settings: string }[];
  $client.close();
  assert.ok(recorded.length > 60, `${recorded.length} metrics`);
  for (const { name, settings } of recorded) {
    const { scheme } = readStoredCondition(JSON.parse(settings));
    const declared = listStepMetrics(openScheme(scheme)).map((metric) => metric.name);
    assert.ok(declared.includes(name), `${scheme.name} records ${name}, which nothing declares`);
  }
});

test('what credit rules made of each token is stored, as the step was shaped and as it was updated', () => {
  const { $client } = openReadonlyDatabase(toHome(calm).database);
  const weightsOf = (run: string): (Buffer | null)[] =>
    $client
      .prepare('select token_weights from rollouts where run_id like ? and is_kept = 1')
      .pluck()
      .all(run) as (Buffer | null)[];
  const [ruled, plain] = [weightsOf('%/dapo/%'), weightsOf('%/grpo/%')];
  $client.close();
  assert.ok(plain.length > 0 && plain.every((weights) => weights === null));
  const values = ruled.flatMap((weights) => [...toFloats(weights!)]);
  for (const weight of [0, Math.fround(0.1), 1])
    assert.ok(values.includes(weight), `no token of weight ${weight}`);
});
