import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openReadonlyDatabase } from '../db/store/connection.ts';
import { listExperiments } from '../db/queries/experiments.ts';
import { listAnswerCounts } from '../db/queries/judgements.ts';
import { listRuns } from '../db/queries/runs.ts';
import { runAssay } from './support/assay-process.ts';
import { createTemporaryDirectory } from './support/small-matrix.ts';
import { writeTutorialFiles } from './support/tutorial-files.ts';

test('the matrices of docs/tutorial-own-reward.md run from an empty directory; a Python reward is asked once of each rollout', async (t) => {
  const directory = createTemporaryDirectory(t, 'assay-tutorial-');
  writeTutorialFiles('tutorial-own-reward.md', directory);
  const home = join(directory, 'home');
  for (const file of ['matrix.yaml', 'python.yaml']) {
    const ran = await runAssay(['run', join(directory, file), '--home', home, '--train-workers', '1']);
    assert.equal(ran.code, 0, ran.stderr);
  }
  const db = openReadonlyDatabase(join(home, 'assay.db'));
  t.after(() => db.$client.close());
  const runs = listExperiments(db).flatMap(({ id }) => listRuns(db, id));
  assert.deepEqual([...new Set(runs.map(({ status }) => status))], ['completed']);
  const asked = runs.find(({ conditionName }) => conditionName === 'python')!;
  // Two steps of four prompts with four rollouts each.
  assert.deepEqual(listAnswerCounts(db, { runId: asked.id }), [
    { runId: asked.id, reward: 'external', kind: 'scored', rollouts: 32, example: null },
  ]);
  const shown = await runAssay(['show', asked.id, '--home', home]);
  assert.match(shown.stdout, /reward external: scored on 32 rollouts/);
});
