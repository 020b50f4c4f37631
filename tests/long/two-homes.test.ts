import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAssay } from '../support/assay-process.ts';
import { createCleanups } from '../support/cleanups.ts';
import { findObjectServer, startObjectServer } from '../support/object-server.ts';
import { startSharedServer } from '../support/shared-server.ts';
import { assertSameResults, createTemporaryDirectory, smallMatrixCommand } from '../support/small-matrix.ts';

const found = await findObjectServer();
const skip = 'unavailable' in found ? found.unavailable : false;
if (skip !== false) console.log(`skipped: ${skip}`);

const BUCKET = 'assay-two-homes';

test(
  'two homes on one Temporal namespace and one bucket end with the bytes each has alone, and gc of one leaves the other’s',
  { skip },
  async (t) => {
    assert.ok('program' in found);
    const cleanups = createCleanups(t);
    const directory = createTemporaryDirectory(t, 'assay-shared-');
    const homes = ['one', 'other'].map((name) => createTemporaryDirectory(t, `assay-${name}-home-`));
    const alone = createTemporaryDirectory(t, 'assay-alone-');
    const host = '127.0.0.1';
    const objects = await startObjectServer({ program: found.program, directory, host, bucket: BUCKET });
    cleanups.push(() => objects.stop());
    const server = await startSharedServer(directory, host);
    cleanups.push(() => server.stop());
    const shared = {
      ...objects.environment,
      TEMPORAL_ADDRESS: server.address,
      ASSAY_ARTIFACTS: `s3://${BUCKET}/shared`,
    };

    const ended = await Promise.all(homes.map((home) => runAssay(smallMatrixCommand(home), shared)));
    for (const { code, stderr } of ended) assert.equal(code, 0, stderr);
    assert.equal((await runAssay(smallMatrixCommand(alone))).code, 0);
    for (const home of homes) assertSameResults(home, alone);

    const isWhole = async (home: string): Promise<void> => {
      const checked = await runAssay(['db', 'check', '--home', home], shared);
      assert.equal(checked.code, 0, checked.stdout);
    };
    const listGarbage = async (home: string, ...flags: string[]): Promise<{ path: string }[]> => {
      const { code, stdout, stderr } = await runAssay(['gc', '--home', home, '--json', ...flags], shared);
      assert.equal(code, 0, stderr);
      return (JSON.parse(stdout) as { garbage: { path: string }[] }).garbage;
    };
    const [one, other] = homes as [string, string];
    const ofOther = await listGarbage(other, '--dry-run');
    const removed = await listGarbage(one);
    assert.ok(removed.length > 0, 'there was something to remove');
    await isWhole(other);
    assert.deepEqual(await listGarbage(other, '--dry-run'), ofOther, 'its garbage is its own to remove');
    await listGarbage(other);
    for (const home of homes) await isWhole(home);
  },
);
