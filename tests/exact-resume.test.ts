import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openReadonlyDatabase } from '../db/connection.ts';
import { dumpRows } from '../db/dump.ts';
import { findProcesses, runAssay, startAssay, type AssayProcess } from './assay-process.ts';

const matrix = new URL('./matrices/small.ts', import.meta.url).pathname;

function temporaryHome(t: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), 'assay-resume-'));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function runParameters(home: string): string[] {
  return ['run', matrix, '--home', home];
}

/** Waits until the store says so; fails when the command ends first. */
async function waitFor(assay: AssayProcess, what: string, isTrue: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  let hasEnded = false;
  void assay.exit.then(() => (hasEnded = true));
  for (;;) {
    try {
      if (isTrue()) return;
    } catch {
      // The database is not there yet.
    }
    assert.ok(!hasEnded, `the command ended before ${what}:\n${assay.output().stderr}`);
    assert.ok(Date.now() < deadline, `timed out before ${what}:\n${assay.output().stderr}`);
    await sleep(20);
  }
}

function countRows(home: string, query: string): number {
  const db = openReadonlyDatabase(join(home, 'assay.db'));
  try {
    return (db.$client.prepare(query).get() as { n: number }).n;
  } finally {
    db.$client.close();
  }
}

/** The first entry of the audit trail's stage means that the stage's predecessor is done and the next is under way. */
function countStage(home: string, stage: string): number {
  return countRows(
    home,
    `select count(*) as n from attempts where stage like '${stage}%' and finished_at is not null`,
  );
}

function killAll(pids: readonly number[]): void {
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}

function readReport(home: string): Map<string, string> {
  const root = join(home, 'reports');
  const [directory] = readdirSync(root);
  const files = readdirSync(join(root, directory!)).sort();
  return new Map(files.map((name) => [name, readFileSync(join(root, directory!, name), 'utf8')]));
}

function dump(home: string): string[] {
  return dumpRows(openReadonlyDatabase(join(home, 'assay.db')));
}

test('a matrix killed at every level ends with the rows, hashes and report bytes of one left alone', async (t) => {
  const calm = temporaryHome(t);
  const undisturbed = await runAssay(runParameters(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);

  const home = temporaryHome(t);
  let assay = startAssay(runParameters(home));
  // Right after shaping, a train worker is in the middle of an update.
  await waitFor(assay, 'the first update', () => countStage(home, 'shape/') >= 1);
  killAll(findProcesses('--role train', home).slice(0, 1));
  // Right after a record, train workers are in the middle of a sampling.
  await waitFor(assay, 'a sampling', () => countStage(home, 'record') >= 2);
  killAll(findProcesses('--role train', home));
  // The server itself, while everything runs.
  await waitFor(assay, 'more steps', () => countStage(home, 'record') >= 3);
  killAll(findProcesses('start-dev', home));
  await waitFor(assay, 'steps after the server came back', () => countStage(home, 'record') >= 4);
  // The whole process tree; then the same command again.
  killAll([assay.child.pid!, ...findProcesses('--role', home), ...findProcesses('start-dev', home)]);
  await assay.exit;
  assay = startAssay(runParameters(home));
  await waitFor(assay, 'steps after the second start', () => countStage(home, 'record') >= 6);
  // Ctrl-C drains and leaves a resumable state.
  assay.child.kill('SIGINT');
  assert.equal(await assay.exit, 130, assay.output().stderr);
  assert.deepEqual(findProcesses('--role', home), [], 'no worker outlives an interrupted command');
  const resumed = await runAssay(runParameters(home));
  assert.equal(resumed.code, 0, resumed.stderr);

  const expected = dump(calm);
  assert.ok(expected.length > 500, `a real matrix ran (${expected.length} rows)`);
  assert.deepEqual(dump(home), expected);
  assert.deepEqual(readReport(home), readReport(calm));

  const again = await runAssay(runParameters(home));
  assert.equal(again.code, 0);
  assert.match(again.stderr, /completed already/);
});
