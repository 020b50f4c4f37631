import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { openReadonlyDatabase } from '../db/store/connection.ts';
import { runAssay } from './support/assay-process.ts';
import { createTemporaryDirectory } from './support/small-matrix.ts';
import { writeTutorialFiles } from './support/tutorial-files.ts';

test('the tutorial on own data runs from an empty directory to a report of its three clean problems', async (t) => {
  const directory = createTemporaryDirectory(t, 'assay-tutorial-');
  writeTutorialFiles('tutorial-own-data.md', directory);
  const home = join(directory, '.assay');
  const { code, stdout, stderr } = await runAssay(['run', join(directory, 'sums.yaml'), '--home', home]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /could not be verified/);
  const page = /^Report: (\S+report\.html)$/m.exec(stdout)?.[1];
  assert.ok(page !== undefined, stdout);
  assert.match(
    readFileSync(join(dirname(page), 'summary.md'), 'utf8'),
    /Does GRPO do better than RLOO on my sums\?/,
  );
  const { $client } = openReadonlyDatabase(join(home, 'assay.db'));
  t.after(() => void $client.close());
  const runs = $client.prepare(`select count(*) as n from runs where status = 'completed'`).get();
  assert.deepEqual(runs, { n: 8 });
  const sizes = $client
    .prepare(`select distinct n + unverifiable as drawn from evaluations where split = 'clean'`)
    .all();
  assert.deepEqual(sizes, [{ drawn: 16 }]);
});
