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
  // How many looks a fast machine leaves before the matrix ends is no property of the program.
  assert.ok(struck >= FAULTS - 2, `${struck} faults struck, the matrix ended before the others`);
});
