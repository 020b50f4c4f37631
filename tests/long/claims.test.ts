import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { verdictDocumentSchema } from '../../config/verdict-document.ts';
import { listClaims, resolveClaim } from '../../experiments/load-claims.ts';
import { runAssay } from '../support/assay-process.ts';
import { collectOutcomes, listDeviations, readGuardRecords } from '../guard/outcomes.ts';
import { createTemporaryDirectory } from '../support/small-matrix.ts';

const home = createTemporaryDirectory({ after }, 'assay-claims-');
const scale = ['--scale', 'tiny', '--home', home];
const claims = await listClaims();

before(async () => {
  const ran = await runAssay(['claims', 'run', '--all', ...scale]);
  assert.equal(ran.code, 0, ran.stderr.slice(-4000));
  for (const { name } of claims) assert.match(ran.stderr, new RegExp(`^${name}-tiny`, 'm'));
  assert.match(ran.stderr, /decision rule: Fixed before the run/);
});

test('every claim runs at scale tiny, and each of its hypotheses is decided or says why not', async () => {
  const { code, stdout, stderr } = await runAssay(['claims', 'verdicts', '--json', ...scale]);
  const { exitCode, experiments } = verdictDocumentSchema.parse(JSON.parse(stdout));
  assert.equal(code, exitCode, stderr);
  for (const claim of claims) {
    const { hypotheses } = experiments.find(({ name }) => name === `${claim.name}-tiny`)!;
    assert.equal(hypotheses.length, resolveClaim(claim, 'tiny').hypotheses.length, claim.name);
    // Models of this scale can do nothing, so that checks fail, and a hypothesis that requires one says which.
    for (const { effect, reason, outcome } of hypotheses) {
      assert.ok(effect !== null || reason !== null, claim.name);
      assert.notEqual(outcome, 'pending', claim.name);
    }
  }
});

test('their runs end with the weights and counts that are on record', (t) => {
  const found = collectOutcomes(join(home, 'assay.db'));
  const recorded = readGuardRecords().find(({ machine }) => machine === found.machine);
  if (recorded === undefined) {
    t.skip(`nothing is recorded for this kind of machine: ${found.machine}`);
    return;
  }
  assert.ok(Object.keys(found.outcomes).length > 150, 'every claim was compared');
  assert.deepEqual(listDeviations(recorded, found), []);
});

test('claims that are run again compute nothing', async () => {
  const { code, stderr } = await runAssay(['claims', 'run', 'one-shot', ...scale]);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /one-shot-tiny: all \d+ runs are completed already/);
});

test('the page of a claim holds its verdicts, its figure and the command that repeats it', async (t) => {
  const output = createTemporaryDirectory(t, 'assay-page-');
  const { code, stderr } = await runAssay([
    'claims',
    'page',
    'negative-reinforcement',
    '--output',
    output,
    ...scale,
  ]);
  assert.equal(code, 0, stderr);
  const page = readFileSync(join(output, 'negative-reinforcement/README.md'), 'utf8');
  assert.match(page, /`assay claims run negative-reinforcement --scale tiny`/);
  assert.match(page, /## Verdict per claim/);
  for (const file of ['verdicts.csv', 'pass-at-k.csv', 'runs.csv', 'checks.csv'])
    assert.ok(existsSync(join(output, 'negative-reinforcement', file)), file);
});

test('a misspelt claim and an unknown scale are refused before anything runs', async () => {
  const claim = await runAssay(['claims', 'run', 'one-shto', ...scale]);
  assert.equal(claim.code, 2);
  assert.match(claim.stderr, /nearest is "one-shot"/);
  const size = await runAssay(['claims', 'run', 'one-shot', '--scale', 'huge', '--home', home]);
  assert.notEqual(size.code, 0);
  assert.match(size.stderr, /tiny, small, full/);
});
