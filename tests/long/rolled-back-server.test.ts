import assert from 'node:assert/strict';
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runAssay, startAssay } from '../support/assay-process.ts';
import { readServer } from '../chaos/server-view.ts';
import {
  assertSameResults,
  countFinished,
  createTemporaryDirectory,
  smallMatrixCommand,
  waitFor,
} from '../support/small-matrix.ts';

const calm = createTemporaryDirectory({ after }, 'assay-calm-');

before(async () => {
  const undisturbed = await runAssay(smallMatrixCommand(calm));
  assert.equal(undisturbed.code, 0, undisturbed.stderr);
});

const PARTS = ['temporal.db', 'temporal.db-wal', 'temporal.db-shm'];

/** Copies the server's file as a power cut would leave it. */
function copyServerFile(from: string, to: string): void {
  for (const part of PARTS) {
    rmSync(join(to, part), { force: true });
    if (existsSync(join(from, part))) copyFileSync(join(from, part), join(to, part));
  }
}

test('a server that lost its last three steps in a power cut ends with the same rows and report', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-rolled-back-');
  const past = createTemporaryDirectory(t, 'assay-past-');
  const assay = startAssay(smallMatrixCommand(home));
  await waitFor(assay, 'two steps', () => countFinished(home, 'record') >= 2);
  const { pid } = readServer(home);
  process.kill(pid, 'SIGSTOP');
  copyServerFile(home, past);
  process.kill(pid, 'SIGCONT');
  const before = countFinished(home, 'record');
  await waitFor(assay, 'three more steps', () => countFinished(home, 'record') >= before + 3);
  process.kill(pid, 'SIGKILL');
  copyServerFile(past, home);
  assert.equal(await assay.exit, 0, assay.output().stderr);
  assertSameResults(home, calm);
});
