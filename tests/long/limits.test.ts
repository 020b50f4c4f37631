import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cancelMatrix, setMatrixPaused, startMatrix } from '../../launch/matrix-workflow.ts';
import { payloadSizes } from '../support/payload-sizes.ts';
import { StubMatrix, stubRunInput } from '../support/stub-activities.ts';
import { startWorkflowServer, STUB_STORE_ID, type WorkflowServer } from '../support/workflow-server.ts';

/** Temporal warns at 256 KiB and refuses 2 MB; data goes by reference. */
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** Temporal warns at 10 240 events and ends a workflow at 51 200. */
const MAX_EVENTS = 10_240;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

async function waitUntil(what: string, isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 300_000;
  while (!isTrue()) {
    assert.ok(Date.now() < deadline, `timed out before ${what}`);
    await sleep(20);
  }
}

interface HistoryBounds {
  readonly histories: number;
  readonly events: number;
  readonly payloadBytes: number;
}

/** The longest history and the largest payload among the newest `limit` histories of a type. */
async function measureHistories(server: WorkflowServer, type: string, limit = 20): Promise<HistoryBounds> {
  const { count } = await server.client.workflow.count(`WorkflowType = '${type}'`);
  let events = 0;
  let payloadBytes = 0;
  let read = 0;
  const executions = server.client.workflow.list({ query: `WorkflowType = '${type}'` });
  for await (const { workflowId, runId } of executions) {
    if ((read += 1) > limit) break;
    const history = await server.client.workflow.getHandle(workflowId, runId).fetchHistory();
    events = Math.max(events, history.events?.length ?? 0);
    payloadBytes = payloadSizes(history).reduce((most, size) => Math.max(most, size), payloadBytes);
  }
  return { histories: count, events, payloadBytes };
}

async function assertBounded(server: WorkflowServer): Promise<void> {
  for (const type of ['matrixWorkflow', 'runWorkflow', 'baseModelWorkflow', 'evaluationWorkflow']) {
    const bounds = await measureHistories(server, type);
    console.log(`${type}: ${JSON.stringify(bounds)}`);
    assert.ok(bounds.events <= MAX_EVENTS, `${type}: ${bounds.events} events`);
    assert.ok(bounds.payloadBytes <= MAX_PAYLOAD_BYTES, `${type}: a payload of ${bounds.payloadBytes} bytes`);
  }
}

test('histories cut every few events lose no step, no evaluation and no count', async () => {
  const matrix = new StubMatrix();
  const ids = ['cut/0', 'cut/1', 'cut/2'];
  const options = { steps: 5, evaluateEvery: 2, baseSteps: 1200 };
  matrix.add(...ids.map((id) => stubRunInput(id, options)));
  matrix.add(...Array.from({ length: 6 }, (_, i) => stubRunInput(`cut/9${i}`, { steps: 0 })));
  const server = await startWorkflowServer({ activities: matrix.activities(), suggestAfterEvents: 60 });
  try {
    const handle = await startMatrix(
      server.client,
      { storeId: STUB_STORE_ID, experimentId: '7'.repeat(64) },
      { window: 2, failFast: false, isSearchable: false },
    );
    const { completed, failed } = await handle.result();
    assert.deepEqual({ completed, failed }, { completed: 9, failed: 0 });
    // The stub store refuses a step that is recorded twice or skipped.
    for (const id of ids) {
      const { nextStep, devEvaluations } = matrix.runs.get(id)!;
      assert.deepEqual({ nextStep, devEvaluations }, { nextStep: 5, devEvaluations: [2, 4] });
    }
    for (const type of ['matrixWorkflow', 'runWorkflow', 'baseModelWorkflow']) {
      const query = `WorkflowType = '${type}' and ExecutionStatus = 'ContinuedAsNew'`;
      const { count } = await server.client.workflow.count(query);
      assert.ok(count > 0, `${type} continued as new ${count} times`);
    }
  } finally {
    await server.stop();
  }
});

/** `ASSAY_LONG_RUN_STEPS=20000` is the full length, with the server's own limits; continuous integration takes fewer. */
const LONG_RUN_STEPS = Number(process.env['ASSAY_LONG_RUN_STEPS'] ?? 120);
const isFullLength = LONG_RUN_STEPS >= 1000;

test(`a run of ${LONG_RUN_STEPS} steps stays within bounds of history, payload and memory`, async () => {
  const matrix = new StubMatrix();
  matrix.add(stubRunInput('long/0', { steps: LONG_RUN_STEPS, evaluateEvery: 50 }));
  const scratch = mkdtempSync(join(tmpdir(), 'assay-long-'));
  const databaseFile = join(scratch, 'temporal.db');
  const server = await startWorkflowServer({
    activities: matrix.activities(),
    databaseFile,
    ...(isFullLength ? {} : { suggestAfterEvents: 400 }),
  });
  const samples: { step: number; heapMb: number; rssMb: number; seconds: number }[] = [];
  const begin = Date.now();
  try {
    const handle = await startMatrix(
      server.client,
      { storeId: STUB_STORE_ID, experimentId: '8'.repeat(64) },
      { window: 1, failFast: false, isSearchable: false },
    );
    for (let tenth = 1; tenth <= 10; tenth += 1) {
      const step = Math.floor((LONG_RUN_STEPS * tenth) / 10);
      while (matrix.runs.get('long/0')!.nextStep < step) await sleep(20);
      collectGarbage();
      const { heapUsed, rss } = process.memoryUsage();
      const seconds = Math.round((Date.now() - begin) / 1000);
      samples.push({ step, heapMb: Math.round(heapUsed / 1e6), rssMb: Math.round(rss / 1e6), seconds });
      console.log(JSON.stringify(samples.at(-1)));
    }
    assert.equal((await handle.result()).completed, 1);
    console.log(`Temporal's file: ${Math.round(statSync(databaseFile).size / 1e6)} MB`);
    await assertBounded(server);
    const early = samples[2]!;
    const late = samples.at(-1)!;
    assert.ok(late.heapMb <= early.heapMb * 1.25 + 10, `the heap grows: ${JSON.stringify(samples)}`);
  } finally {
    await server.stop();
    rmSync(scratch, { recursive: true });
  }
});

const MATRIX_RUNS = 1000;
const WINDOW = 8;

test(`a matrix of ${MATRIX_RUNS} runs launches, pauses, resumes and cancels within its window`, async () => {
  const matrix = new StubMatrix();
  matrix.updateMs = 200;
  // As many slices as a large evaluation has: five splits of four.
  const finalEvaluations = (['clean', 'contaminated', 'knowledge', 'harder', 'dev'] as const).map(
    (split) => ({
      split,
      problems: 128,
      samplesPerProblem: 64,
    }),
  );
  for (let i = 0; i < MATRIX_RUNS; i += 1) {
    const id = `0123456789ab/grpo-${String(i).padStart(4, '0')}/base-0/seed-0`;
    matrix.add(
      stubRunInput(id, {
        steps: 1,
        finalEvaluations: i % 10 === 0 ? finalEvaluations : finalEvaluations.slice(0, 1),
      }),
    );
  }
  const server = await startWorkflowServer({ activities: matrix.activities() });
  try {
    const key = { storeId: STUB_STORE_ID, experimentId: '9'.repeat(64) };
    const handle = await startMatrix(server.client, key, {
      window: WINDOW,
      failFast: false,
      isSearchable: false,
    });
    // A crowded machine answers late.
    const open = { client: server.client, handle, answerWithinMs: 250_000 };
    await waitUntil('ten runs', () => matrix.count('completed') >= 10);

    const paused = await setMatrixPaused(open, true);
    assert.equal(paused.isPaused, true);
    assert.ok(paused.running.length <= WINDOW);
    await assert.rejects(setMatrixPaused(open, true), (error: Error) =>
      /paused already/.test(String(error.cause)),
    );
    // Running steps finish and are recorded, and then nothing begins.
    const calls = (name: string): number => matrix.calls.get(name) ?? 0;
    await waitUntil('rest', () => matrix.computing === 0 && calls('record') === calls('sample'));
    await sleep(2000);
    const sampled = calls('sample');
    await sleep(2000);
    assert.deepEqual([calls('sample'), calls('record'), matrix.computing], [sampled, sampled, 0]);

    assert.equal((await setMatrixPaused(open, false)).isPaused, false);
    await waitUntil('ten more runs', () => matrix.count('completed') >= 20);

    const cancelled = await cancelMatrix(open);
    assert.equal(cancelled.isCancelled, true);
    assert.equal(matrix.computing, 0, 'no compute outlives the cancellation');
    assert.deepEqual(cancelled.running, []);
    assert.equal(matrix.count('completed') + matrix.count('cancelled'), MATRIX_RUNS);
    assert.ok(matrix.mostUnderWay <= WINDOW, `${matrix.mostUnderWay} runs at once`);
    console.log(
      `${MATRIX_RUNS} runs, window ${WINDOW}: most under way ${matrix.mostUnderWay}, ${matrix.count('completed')} completed, ${matrix.count('cancelled')} cancelled`,
    );
    await assertBounded(server);

    // The same launch starts the cancelled runs again; here it is enough that it starts.
    await assert.rejects(cancelMatrix(open), { name: 'MatrixNotOpenError' });
  } finally {
    await server.stop();
  }
});
