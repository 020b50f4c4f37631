import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { exampleRegistration } from '../../db/example-store.fixture.ts';
import { registerExperiment } from '../../db/queries/experiments.ts';
import { openDatabase, type Database } from '../../db/store/connection.ts';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { writeTutorialFiles } from '../../tests/support/tutorial-files.ts';
import { chooseKnownClaims, listKnownClaims } from './known-claims.ts';

const directory = createTemporaryDirectory({ after }, 'assay-own-claims-');
let db: Database;

before(() => {
  mkdirSync(join(directory, 'claims'));
  writeTutorialFiles('tutorial-own-claim.md', join(directory, 'claims'));
  process.chdir(directory);
  db = openDatabase(join(directory, 'assay.db'));
  const { experiment } = exampleRegistration;
  const decided = { ...experiment, source: 'a note', hypotheses: '[{"claim":"it holds"}]' };
  for (const [id, name] of [
    ['e1', 'gone-tiny'],
    ['e2', 'gone-small'],
    ['e3', 'rloo-keeps-up-tiny'],
  ] as const)
    registerExperiment(db, { experiment: { ...decided, id, name }, conditions: [], runs: [] });
  registerExperiment(db, {
    experiment: { ...experiment, id: 'e4', name: 'plain-tiny' },
    conditions: [],
    runs: [],
  });
});
after(() => db.$client.close());

test('claims are those of the program, of ./claims and of this home, each with a command that works', async () => {
  const known = await listKnownClaims(db, 'tiny');
  const commandOf = (name: string): string[] =>
    known.filter((claim) => claim.name === name).map(({ command }) => command);
  assert.deepEqual(commandOf('one-shot'), ['assay claims run one-shot --scale tiny']);
  // What is declared counts, not what was run of an earlier declaration.
  assert.deepEqual(commandOf('rloo-keeps-up'), ['assay claims run ./claims/rloo-keeps-up.yaml --scale tiny']);
  assert.deepEqual(commandOf('gone'), ['assay resume gone-tiny']);
  assert.deepEqual(commandOf('plain'), []);
  const { hypotheses, fingerprint } = known.find(({ name }) => name === 'gone')!;
  assert.deepEqual([hypotheses, fingerprint], [[{ claim: 'it holds' }], 'e1']);
});

test('a claim is named by name or path, and an unknown name is answered with the nearest, yours among them', async () => {
  const names = ['rloo-keeps-up', 'claims/rloo-keeps-up.yaml', 'gone'];
  const chosen = await chooseKnownClaims(db, names, 'tiny');
  assert.deepEqual(
    chosen.map(({ name }) => name),
    ['rloo-keeps-up', 'rloo-keeps-up', 'gone'],
  );
  assert.equal(chosen[0]!.fingerprint, chosen[1]!.fingerprint);
  await assert.rejects(chooseKnownClaims(db, ['rloo-keeps'], 'tiny'), (error) => {
    assert.ok(error instanceof InvalidSpecError);
    assert.match(error.message, /nearest is "rloo-keeps-up"/);
    return true;
  });
  await assert.rejects(chooseKnownClaims(null, ['gone'], 'tiny'), InvalidSpecError);
});
