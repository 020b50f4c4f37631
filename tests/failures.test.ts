import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runAssay, startAssay } from './support/assay-process.ts';
import {
  countFinished,
  createTemporaryDirectory,
  readRows,
  smallMatrixCommand,
  waitFor,
} from './support/small-matrix.ts';

/** A home interrupted in the middle of training, and the rows it ends with when it is simply resumed. */
const interrupted = createTemporaryDirectory({ after }, 'assay-interrupted-');
const whole = createTemporaryDirectory({ after }, 'assay-whole-');
let expectedRows: string[];

before(async () => {
  const assay = startAssay(smallMatrixCommand(interrupted));
  await waitFor(assay, 'some steps', () => countFinished(interrupted, 'record') >= 4);
  assay.child.kill('SIGINT');
  assert.equal(await assay.exit, 130, assay.output().stderr);
  cpSync(interrupted, whole, { recursive: true });
  const finished = await runAssay(smallMatrixCommand(whole));
  assert.equal(finished.code, 0, finished.stderr);
  expectedRows = readRows(whole);
});

function copyInterrupted(scope: { after(cleanup: () => void): void }): string {
  const home = createTemporaryDirectory(scope, 'assay-broken-');
  cpSync(interrupted, home, { recursive: true });
  return home;
}

/** The newest checkpoint's weights of a run that is not finished. */
function findCheckpoint(home: string): string {
  const files = readdirSync(join(home, 'artifacts/runs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /checkpoint-\d+\/weights-/.test(path))
    .sort();
  return join(home, 'artifacts/runs', files.at(-1)!);
}

async function failsThenRecovers(home: string, expected: RegExp, mend: () => void): Promise<void> {
  const failed = await runAssay(smallMatrixCommand(home));
  assert.equal(failed.code, 1, failed.stderr);
  assert.match(failed.stderr, expected);
  mend();
  const mended = await runAssay(smallMatrixCommand(home));
  assert.equal(mended.code, 0, mended.stderr);
  assert.deepEqual(readRows(home), expectedRows);
}

test('a half-written checkpoint is named, and nothing is lost once a whole one is back', async (t) => {
  const home = copyInterrupted(t);
  const checkpoint = findCheckpoint(home);
  const whole = readFileSync(checkpoint);
  truncateSync(checkpoint, Math.floor(whole.length / 2));
  await failsThenRecovers(home, /ArtifactDamagedError: .*weights-.* is damaged/, () =>
    writeFileSync(checkpoint, whole),
  );
});

test('a missing artifact is named, and nothing is lost once it is back', async (t) => {
  const home = copyInterrupted(t);
  const checkpoint = findCheckpoint(home);
  const whole = readFileSync(checkpoint);
  rmSync(checkpoint);
  await failsThenRecovers(home, /ArtifactMissingError: .*weights-.* is missing/, () =>
    writeFileSync(checkpoint, whole),
  );
});

test('a truncated copy of the database is refused before anything is written', async (t) => {
  const home = copyInterrupted(t);
  const database = join(home, 'assay.db');
  execFileSync(process.execPath, [
    '-e',
    `const db = require('better-sqlite3')(${JSON.stringify(database)}); db.pragma('wal_checkpoint(truncate)'); db.close()`,
  ]);
  const whole = readFileSync(database);
  truncateSync(database, whole.length - 3 * 4096);
  await failsThenRecovers(home, /DatabaseDamagedError: .*assay\.db/, () => writeFileSync(database, whole));
});

const isRoot = process.getuid?.() === 0;

test(
  'a full disk is a clear error that loses nothing',
  { skip: isRoot ? false : 'mounting a small disk needs root' },
  async (t) => {
    const home = createTemporaryDirectory(t, 'assay-small-disk-');
    const size = Number(execFileSync('du', ['-sm', interrupted], { encoding: 'utf8' }).split('\t')[0]) + 1;
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}m`, 'tmpfs', home]);
    try {
      cpSync(interrupted, home, { recursive: true });
      // Whatever is left is filled up, so that the next write is the one that fails.
      execFileSync('sh', ['-c', `dd if=/dev/zero of=${home}/ballast bs=64k 2>/dev/null || true`]);
      await failsThenRecovers(home, /(DiskFullError|DatabaseFullError): no space left/, () => {
        rmSync(join(home, 'ballast'));
        execFileSync('mount', ['-o', `remount,size=${size + 500}m`, home]);
      });
    } finally {
      // Before the directory is removed: what is mounted cannot be.
      execFileSync('umount', ['-l', home]);
    }
  },
);
