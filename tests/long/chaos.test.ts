import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runChaosSession } from '../chaos/chaos-session.ts';
import { createTemporaryDirectory } from '../support/small-matrix.ts';

/** The short form of `npm run test:chaos`. */
const FAULTS = 8;

test('a matrix struck at random moments ends with the rows, hashes and report bytes of one left alone', async (t) => {
  const struck = await runChaosSession({
    home: createTemporaryDirectory(t, 'assay-chaos-'),
    calm: createTemporaryDirectory(t, 'assay-chaos-calm-'),
    seed: 1,
    faults: FAULTS,
    steps: 12,
    report: (line) => t.diagnostic(line),
  });
  assert.equal(struck, FAULTS, 'the matrix lasted long enough for every fault');
});
