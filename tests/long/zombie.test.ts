import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findProcesses, runAssay, startAssay } from '../support/assay-process.ts';
import { readServer } from '../chaos/server-view.ts';
import {
  assertSameResults,
  createTemporaryDirectory,
  smallMatrixCommand,
  waitFor,
} from '../support/small-matrix.ts';

const calm = createTemporaryDirectory({ after }, 'assay-calm-');

before(async () => {
  const undisturbed = await runAssay(smallMatrixCommand(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
});

function openStore(home: string): Database.Database {
  return new Database(join(home, 'assay.db'), { timeout: 0 });
}

/** Whether nobody is in the middle of a transaction: a frozen writer would keep everyone else out. */
function isWritable(store: Database.Database): boolean {
  try {
    store.exec('begin immediate; rollback');
    return true;
  } catch {
    return false;
  }
}

/** Whether every thread of a process has come to a stop, as the kernel says. */
function isStopped(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^State:\tT/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8')),
  );
}

function freezeOutsideTransactions(pid: number, store: Database.Database): boolean {
  process.kill(pid, 'SIGSTOP');
  while (!isStopped(pid));
  if (isWritable(store)) return true;
  process.kill(pid, 'SIGCONT');
  return false;
}

test('a store worker that is frozen while another takes its runs changes nothing when it wakes', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-zombie-');
  const assay = startAssay(smallMatrixCommand(home));
  await waitFor(assay, 'the server', () => readServer(home).port > 0);
  await waitFor(assay, 'a store worker', () => findProcesses('--role store', home).length === 1);
  const [zombie] = findProcesses('--role store', home);
  const second = startAssay(['worker', '--role', 'store', '--home', home], {
    TEMPORAL_ADDRESS: `127.0.0.1:${readServer(home).port}`,
  });
  const store = openStore(home);
  const commitsOf = (condition: string): number =>
    store
      .prepare(`select count(*) from attempts where worker ${condition} '%/' || ?`)
      .pluck()
      .get(String(zombie)) as number;
  await waitFor(assay, 'commits of the store worker', () => commitsOf('like') > 6);
  await waitFor(assay, 'a moment between transactions', () => freezeOutsideTransactions(zombie!, store));
  const taken = commitsOf('not like');
  await waitFor(assay, 'commits of the other worker', () => commitsOf('not like') > taken + 8);
  process.kill(zombie!, 'SIGCONT');
  assert.equal(await assay.exit, 0, assay.output().stderr);
  second.child.kill('SIGTERM');
  await second.exit;
  store.close();
  assertSameResults(home, calm);
});
