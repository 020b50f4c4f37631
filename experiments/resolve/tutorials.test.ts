import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { readTutorialFiles, writeTutorialFiles } from '../../tests/support/tutorial-files.ts';
import { loadDeclaration } from './load.ts';
import { resolveClaim } from '../load-claims.ts';
import { checkFile } from './check-parts.ts';

test('every file of docs/tutorial-own-reward.md has nothing to mend', async (t) => {
  const page = 'tutorial-own-reward.md';
  assert.deepEqual(
    [...readTutorialFiles(page).keys()],
    ['parts.ts', 'matrix.yaml', 'asked.ts', 'reward.py', 'python.yaml'],
  );
  const directory = createTemporaryDirectory(t, 'assay-tutorial-');
  writeTutorialFiles(page, directory);
  for (const name of ['parts.ts', 'matrix.yaml', 'asked.ts', 'python.yaml']) {
    const { problems, parts } = await checkFile(join(directory, name));
    assert.deepEqual(problems, [], name);
    assert.ok(parts.length > 0, name);
  }
});

test('the claim of docs/tutorial-own-claim.md is one, at every scale that the page runs', async (t) => {
  const page = 'tutorial-own-claim.md';
  const directory = createTemporaryDirectory(t, 'assay-tutorial-');
  assert.deepEqual([...readTutorialFiles(page).keys()], ['rloo-keeps-up.yaml']);
  writeTutorialFiles(page, directory);
  const file = join(directory, 'rloo-keeps-up.yaml');
  const declared = await loadDeclaration(file, 'claim');
  for (const scale of ['tiny', 'small'] as const) {
    const claim = resolveClaim({ name: 'rloo-keeps-up', file, declared }, scale);
    assert.equal(claim.name, `rloo-keeps-up-${scale}`);
    assert.equal(claim.hypotheses.length, 1);
  }
});
