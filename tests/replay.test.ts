import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import proto from '@temporalio/proto';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { prepareWorkflowBundle } from '../worker/workflow-bundle.ts';

Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });

const directory = fileURLToPath(new URL('./fixtures/histories/', import.meta.url));
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

function readHistory(file: string) {
  const json = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<string, unknown>;
  const history = proto.temporal.api.history.v1.History.fromObject(json);
  // Ids of children contain it.
  const { workflowId } = history.events[0]!.workflowExecutionStartedEventAttributes!;
  return { workflowId: workflowId!, history };
}

/** The histories that the workflows of a bundle do not replay. */
async function replayErrors(workflowBundle: WorkflowBundleOption, of: RegExp): Promise<string[]> {
  const histories = files.filter((file) => of.test(file)).map(readHistory);
  const errors: string[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, histories))
    if (error !== undefined) errors.push(`${workflowId}: ${String(error)}`);
  return errors;
}

test('histories of every workflow type and every way of ending are kept', () => {
  const kept = files.map((file) => file.replace(/-[^-]+(-outside|-and-extended)?\.json$/, ''));
  const expected = [
    ...['base-model-cancelled', 'base-model-completed', 'base-model-continued-as-new', 'base-model-failed'],
    ...['evaluation-cancelled', 'evaluation-completed', 'evaluation-failed'],
    ...['matrix-cancelled', 'matrix-completed', 'matrix-continued-as-new'],
    ...['run-cancelled', 'run-completed', 'run-continued-as-new', 'run-failed'],
  ];
  assert.deepEqual(
    expected.filter((name) => !kept.includes(name)),
    [],
    files.join(', '),
  );
});

test('today’s workflows replay every kept history', async (t) => {
  const scratch = mkdtempSync(join(tmpdir(), 'assay-replay-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const codePath = await prepareWorkflowBundle(scratch);
  assert.deepEqual(await replayErrors({ codePath }, /./), []);
});

test('a workflow that shapes before it verifies is refused by the kept histories', async () => {
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL('./support/swapped-activities.ts', import.meta.url))],
    logger: silent,
  });
  const errors = await replayErrors(bundle, /^run-continued-as-new/);
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /nondeterminism error/);
});

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
