import assert from 'node:assert/strict';
import Database from 'better-sqlite3';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findProcesses, runAssay, startAssay, type AssayProcess } from './assay-process.ts';
import { readServer } from './chaos/server-view.ts';
import { assertSameResults, createTemporaryDirectory, smallMatrixCommand, waitFor } from './small-matrix.ts';

interface AttemptRow {
  readonly id: number;
  readonly stage: string;
  readonly finishedAt: string | null;
}

const calm = createTemporaryDirectory({ after }, 'assay-calm-');

before(async () => {
  const undisturbed = await runAssay(smallMatrixCommand(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
});

function openStore(home: string): Database.Database {
  return new Database(join(home, 'assay.db'), { timeout: 0 });
}

function findUnfinished(store: Database.Database, pid: number): AttemptRow | undefined {
  const query =
    'select id, stage, finished_at as finishedAt from attempts where worker = ? and finished_at is null order by id desc limit 1';
  return store.prepare<[string], AttemptRow>(query).get(`cpu/${pid}`);
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

/** Freezes a store worker between the beginning of an attempt and its commit. */
async function freezeInAttempt(home: string, pid: number, assay: AssayProcess): Promise<AttemptRow> {
  const store = openStore(home);
  let caught: AttemptRow | undefined;
  await waitFor(assay, 'an attempt caught in the middle', () => {
    if (findUnfinished(store, pid) === undefined) return false;
    process.kill(pid, 'SIGSTOP');
    // The signal takes a moment, in which the attempt may still end.
    while (!isStopped(pid));
    caught = findUnfinished(store, pid);
    if (caught !== undefined && isWritable(store)) return true;
    process.kill(pid, 'SIGCONT');
    return false;
  });
  store.close();
  return caught!;
}

test('a store worker frozen past its heartbeats cannot commit once another has taken its attempt', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-zombie-');
  const assay = startAssay(smallMatrixCommand(home));
  await waitFor(assay, 'the store worker', () => findProcesses('--role store', home).length === 1);
  const [zombie] = findProcesses('--role store', home);
  await waitFor(assay, 'the server', () => readServer(home).port > 0);
  const second = startAssay(['worker', '--role', 'store', '--home', home], {
    TEMPORAL_ADDRESS: `127.0.0.1:${readServer(home).port}`,
  });
  const frozen = await freezeInAttempt(home, zombie!, assay);

  const store = openStore(home);
  const newer = store.prepare<[Pick<AttemptRow, 'id' | 'stage'>], AttemptRow>(
    'select id, stage, finished_at as finishedAt from attempts a where stage = :stage and id > :id and finished_at is not null and (run_id, step) = (select run_id, step from attempts where id = :id)',
  );
  await waitFor(
    assay,
    `the same stage by the other worker (${JSON.stringify(frozen)})`,
    () => newer.get(frozen) !== undefined,
  );
  process.kill(zombie!, 'SIGCONT');
  assert.equal(await assay.exit, 0, assay.output().stderr);
  second.child.kill('SIGTERM');
  await second.exit;

  const after = store.prepare<[number], AttemptRow>(
    'select id, stage, finished_at as finishedAt from attempts where id = ?',
  );
  assert.equal(
    after.get(frozen.id)!.finishedAt,
    null,
    `the frozen attempt at ${frozen.stage} committed nothing`,
  );
  store.close();
  assertSameResults(home, calm);
});
