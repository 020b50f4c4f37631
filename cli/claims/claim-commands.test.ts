import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock, test, type TestContext } from 'node:test';
import { exampleRegistration } from '../../db/example-store.fixture.ts';
import { registerExperiment } from '../../db/queries/experiments.ts';
import { openDatabase } from '../../db/store/connection.ts';
import { findClaim, resolveClaim } from '../../experiments/load-claims.ts';
import { createTemporaryDirectory } from '../../tests/support/small-matrix.ts';
import { printClaims, writePages } from './claim-commands.ts';

/** A home in which claim one-shot was launched at scale tiny. */
async function createHome(t: TestContext): Promise<string> {
  const home = createTemporaryDirectory(t, 'assay-pages-');
  const { id, name } = resolveClaim(await findClaim('one-shot'), 'tiny');
  const db = openDatabase(join(home, 'assay.db'));
  registerExperiment(db, {
    experiment: { ...exampleRegistration.experiment, id, name, source: 'a paper' },
    conditions: [],
    runs: [],
  });
  db.$client.close();
  return home;
}

test('the page of a claim that was not run is refused with the command that runs it, and the scale at which it was', async (t) => {
  const home = await createHome(t);
  const output = join(home, 'pages');
  await assert.rejects(writePages(['one-shot', 'contamination'], { home, output, scale: 'small' }), {
    name: 'InvalidSpecError',
    message:
      'one-shot was not run at scale small in this home: `assay claims run one-shot --scale small` runs it; it was run at --scale tiny\n' +
      'contamination was not run at scale small in this home: `assay claims run contamination --scale small` runs it',
  });
});

test('the list counts hypotheses, conditions and runs in words that fit their number', async (t) => {
  const lines: string[] = [];
  const log = mock.method(console, 'log', (line: string) => lines.push(line));
  t.after(() => log.mock.restore());
  await printClaims({ scale: 'small', home: join(await createHome(t), 'other') });
  log.mock.restore();
  const counted = lines.filter((line) => /\(\d+ hypothes[ie]s, \d+ conditions?, \d+ runs?\)$/.test(line));
  assert.equal(counted.length, lines.length / 2);
});
