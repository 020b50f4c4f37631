import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAssay, startAssay } from '../support/assay-process.ts';
import {
  assertSameResults,
  countFinished,
  createTemporaryDirectory,
  smallMatrixCommand,
  waitFor,
} from '../support/small-matrix.ts';

const isRoot = process.getuid?.() === 0;

test(
  'a matrix whose disk fills waits, says for what, and goes on by itself once there is room',
  { skip: isRoot ? false : 'mounting a small disk needs root' },
  async (t) => {
    const home = createTemporaryDirectory(t, 'assay-filling-');
    const calm = createTemporaryDirectory(t, 'assay-calm-');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512m', 'tmpfs', home]);
    try {
      const assay = startAssay(smallMatrixCommand(home));
      await waitFor(assay, 'some steps', () => countFinished(home, 'record') >= 2);
      const ballast = join(home, 'ballast');
      execFileSync('sh', ['-c', 'dd if=/dev/zero of="$0" bs=64k 2>/dev/null || true', ballast]);
      await waitFor(assay, 'the reason of the pause', () =>
        /paused: (TemporalUnavailable|DatabaseFullError|DiskFullError): /.test(
          assay.output().stderr.split('\n').slice(-20).join('\n'),
        ),
      );
      rmSync(ballast);
      assert.equal(await assay.exit, 0, assay.output().stderr);
      assert.equal((await runAssay(smallMatrixCommand(calm))).code, 0);
      assertSameResults(home, calm);
    } finally {
      execFileSync('umount', ['-l', home]);
    }
  },
);
