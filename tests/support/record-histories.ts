/**
 * Writes tests/fixtures/histories anew from today's workflows: `node --import tsx tests/support/record-histories.ts`. Run it after
 * a workflow has changed and no run under way depends on the old order any more (docs/versioning.md).
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import {
  cancelMatrix,
  extendMatrix,
  isMatrixOpen,
  setMatrixPaused,
  startMatrix,
  type MatrixHandle,
} from '../../launch/matrix-workflow.ts';
import { noFaults, StubMatrix, stubRunInput } from './stub-activities.ts';
import { startWorkflowServer, STUB_STORE_ID } from './workflow-server.ts';

const directory = fileURLToPath(new URL('../fixtures/histories/', import.meta.url));

/** Low, so that a continued history is a short one. */
const SUGGEST_AFTER_EVENTS = 60;

const ids = (letter: string): string => letter.repeat(64);

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(20);
}

/** Waits by short questions, which a busy machine answers where it would drop a long poll. */
async function ended(handle: MatrixHandle): Promise<void> {
  for (;;) {
    if (!(await isMatrixOpen(handle).catch(() => true))) return;
    await sleep(200);
  }
}

type Scenario = (matrix: StubMatrix, client: Client) => Promise<void>;

const launch = (client: Client, experimentId: string) =>
  startMatrix(
    client,
    { storeId: STUB_STORE_ID, experimentId },
    { window: 2, failFast: false, isSearchable: false },
  );

const finished: Scenario = async (matrix, client) => {
  const stages = { steps: 1, probes: ['layer-change'] };
  matrix.add(stubRunInput('finishes/0', stages), stubRunInput('finishes/1', { steps: 0 }));
  await ended(await launch(client, ids('1')));
};

const failed: Scenario = async (matrix, client) => {
  matrix.faults = {
    failingRuns: new Set(['fails/0', 'evaluation/fails/1']),
    failingBases: new Set([ids('f')]),
    hanging: new Set(),
  };
  matrix.add(
    stubRunInput('fails/0'),
    stubRunInput('fails/1', { steps: 0 }),
    stubRunInput('fails/2', { baseModelId: ids('f') }),
  );
  await ended(await launch(client, ids('2')));
};

const cancelled: Scenario = async (matrix, client) => {
  const hanging = new Set(['cancelled/0', 'evaluation/cancelled/1', ids('c')]);
  matrix.faults = { failingRuns: new Set(), failingBases: new Set(), hanging };
  matrix.add(
    stubRunInput('cancelled/0'),
    stubRunInput('cancelled/1', { steps: 0 }),
    stubRunInput('cancelled/2', { baseModelId: ids('c') }),
  );
  const handle = await startMatrix(
    client,
    { storeId: STUB_STORE_ID, experimentId: ids('3') },
    { window: 3, failFast: false, isSearchable: false },
  );
  await until(() => (matrix.calls.get('sampleEvaluation') ?? 0) > 0 && (matrix.calls.get('update') ?? 0) > 0);
  await cancelMatrix({ client, handle });
};

/** By the server's own means, as an operator would without this program. */
const cancelledOutside: Scenario = async (matrix, client) => {
  matrix.faults = { failingRuns: new Set(), failingBases: new Set(), hanging: new Set(['outside/0']) };
  matrix.add(stubRunInput('outside/0'));
  const handle = await launch(client, ids('4'));
  await until(() => (matrix.calls.get('update') ?? 0) > 0);
  await handle.cancel();
  await ended(handle);
};

const continued: Scenario = async (matrix, client) => {
  matrix.add(
    stubRunInput('continues/0', { steps: 4, baseModelId: ids('d'), baseSteps: 1500 }),
    ...Array.from({ length: 8 }, (_, i) => stubRunInput(`continues/1${i}`, { steps: 0 })),
  );
  await ended(await launch(client, ids('5')));
};

const pausedAndExtended: Scenario = async (matrix, client) => {
  matrix.updateMs = 100;
  matrix.add(stubRunInput('paused/0'));
  const handle = await launch(client, ids('6'));
  await until(() => (matrix.calls.get('update') ?? 0) > 0);
  await setMatrixPaused({ client, handle }, true);
  matrix.add(stubRunInput('paused/1', { steps: 0 }));
  await extendMatrix({ client, handle });
  await setMatrixPaused({ client, handle }, false);
  await ended(handle);
};

const scenarios = {
  finished,
  failed,
  cancelled,
  cancelledOutside,
  continued,
  pausedAndExtended,
};

/** Where in the program a failure arose says where it was installed, and replay does not read it. */
const withoutStacks = (key: string, value: unknown): unknown => (key === 'stackTrace' ? undefined : value);

const kebabCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');

/** Executions of earlier scenarios. */
const listed = new Set<string>();
/** Types with their ways of ending that an earlier scenario gave already. */
const recorded = new Set<string>();

/** The longest history of the matrix, and of each other workflow type that ends in a way not seen before. */
async function recordScenario(client: Client, name: string): Promise<void> {
  const longest = new Map<string, string>();
  for await (const { type, status, workflowId, runId } of client.workflow.list()) {
    if (listed.has(runId)) continue;
    listed.add(runId);
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const json = JSON.stringify(history, withoutStacks);
    const key = kebabCase(`${type.replace('Workflow', '')}-${status.name.toLowerCase()}`);
    if (json.length > (longest.get(key)?.length ?? 0)) longest.set(key, json);
  }
  for (const [key, json] of longest) {
    if (recorded.has(key) && !key.startsWith('matrix')) continue;
    recorded.add(key);
    writeFileSync(join(directory, `${key}-${name}.json`), json);
    console.log(`${key}-${name}.json: ${json.length} bytes`);
  }
}

mkdirSync(directory, { recursive: true });
for (const file of readdirSync(directory)) rmSync(join(directory, file));
const matrix = new StubMatrix();
const server = await startWorkflowServer({
  activities: matrix.activities(),
  suggestAfterEvents: SUGGEST_AFTER_EVENTS,
});
try {
  for (const [name, scenario] of Object.entries(scenarios)) {
    matrix.calls.clear();
    matrix.faults = noFaults;
    await scenario(matrix, server.client);
    await recordScenario(server.client, kebabCase(name));
  }
} finally {
  await server.stop();
}
