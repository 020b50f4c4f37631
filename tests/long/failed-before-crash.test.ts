import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase, openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { findRun, listRuns, type RunWithCondition } from '../../db/queries/runs.ts';
import { listExperiments } from '../../db/queries/experiments.ts';
import { findProcesses, runAssay, startAssay } from '../support/assay-process.ts';
import {
  countFinished,
  createTemporaryDirectory,
  smallMatrixCommand,
  waitFor,
} from '../support/small-matrix.ts';

/** Steps enough that the other runs are still under way when one has failed. */
const parameters = (home: string): string[] => [
  ...smallMatrixCommand(home),
  ...['--set', 'training.steps=12', '--train-workers', '2'],
];

function read<Result>(home: string, body: (db: Database) => Result): Result {
  const db = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    return body(db);
  } finally {
    db.$client.close();
  }
}

const readRuns = (home: string): RunWithCondition[] =>
  read(home, (db) => listRuns(db, listExperiments(db)[0]!.id));

/** The newest checkpoint's weights of an unfinished run. */
function findCheckpoint(home: string): string {
  const root = join(home, 'artifacts/runs');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return join(
    root,
    files
      .filter((path) => /checkpoint-\d+\/weights-/.test(path))
      .sort()
      .at(-1)!,
  );
}

test('a run that failed before a crash keeps its failure, is reported by the launch that attaches, and started by the next', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-failed-before-');
  const first = startAssay(parameters(home));
  await waitFor(first, 'some steps', () => countFinished(home, 'record') >= 3);
  first.child.kill('SIGINT');
  assert.equal(await first.exit, 130, first.output().stderr);
  const checkpoint = findCheckpoint(home);
  const whole = readFileSync(checkpoint);
  rmSync(checkpoint);

  const crashed = startAssay(parameters(home));
  await waitFor(crashed, 'a failed run', () => readRuns(home).some(({ status }) => status === 'failed'));
  const failed = readRuns(home).find(({ status }) => status === 'failed')!;
  for (const pid of findProcesses(home)) process.kill(pid, 'SIGKILL');
  await crashed.exit;
  assert.ok(
    readRuns(home).some(({ status }) => status === 'running'),
    'others were under way',
  );
  writeFileSync(checkpoint, whole);

  const attached = await runAssay(parameters(home));
  assert.equal(attached.code, 1, attached.stderr);
  assert.ok(attached.stderr.includes(`failed: ${failed.id}: ArtifactMissingError: `), attached.stderr);
  assert.deepEqual(
    readRuns(home).map(({ id, status, failureType }) => [status, failureType, id === failed.id]),
    readRuns(home).map(({ id }) =>
      id === failed.id ? ['failed', 'ArtifactMissingError', true] : ['completed', null, false],
    ),
  );

  const again = await runAssay(parameters(home));
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(
    readRuns(home).map(({ status, failureType }) => [status, failureType]),
    readRuns(home).map(() => ['completed', null]),
  );
});

test('a launch is refused where other sources of the program computed a part, and goes on with --mixed-sources', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-mixed-sources-');
  const first = startAssay(smallMatrixCommand(home));
  await waitFor(first, 'a step', () => countFinished(home, 'record') >= 1);
  first.child.kill('SIGINT');
  assert.equal(await first.exit, 130, first.output().stderr);
  const db = openDatabase(join(home, 'assay.db'));
  const { id } = db.$client.prepare('select run_id as id from steps limit 1').get() as { id: string };
  const others = 'a'.repeat(64);
  db.$client.prepare('update runs set sources = ? where id = ?').run(others, id);
  db.$client.close();

  const refused = await runAssay(smallMatrixCommand(home));
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /MixedSourcesError: .*aaaaaaaaaaaa.*--mixed-sources/);
  const allowed = await runAssay([...smallMatrixCommand(home), '--mixed-sources']);
  assert.equal(allowed.code, 0, allowed.stderr);
  assert.ok(read(home, (open) => findRun(open, id)).sources!.startsWith(others));
});
