import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import { bundleWorkflowCode, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { prepareWorkflowBundle } from '../worker/workflow-bundle.ts';

const directory = fileURLToPath(new URL('./fixtures/histories/', import.meta.url));
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

function readHistories(of: RegExp) {
  return files
    .filter((file) => of.test(file))
    .map((file) => ({
      workflowId: file,
      history: temporal.api.history.v1.History.fromObject(
        JSON.parse(readFileSync(join(directory, file), 'utf8')) as Record<string, unknown>,
      ),
    }));
}

/** The histories that the workflows of a bundle do not replay. */
async function replayErrors(workflowBundle: WorkflowBundleOption, of: RegExp): Promise<Map<string, Error>> {
  const errors = new Map<string, Error>();
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, readHistories(of)))
    if (error !== undefined) errors.set(workflowId, error);
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
  assert.deepEqual([...(await replayErrors({ codePath }, /./))], []);
});

test('a workflow that judges before it verifies is refused by the kept histories', async () => {
  const bundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [fileURLToPath(new URL('./swapped-activities.ts', import.meta.url))],
    logger: silent,
  });
  const errors = await replayErrors(bundle, /^run-completed-finished/);
  assert.equal(errors.size, 1);
  for (const error of errors.values()) assert.match(String(error), /[Nn]ondeterminism/);
});

const silent = { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} };
