import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runAssay } from '../support/assay-process.ts';
import { createTemporaryDirectory, smallMatrixCommand } from '../support/small-matrix.ts';

/** Values of these that appear anywhere in what a run leaves behind were written there by the program. */
const SECRETS = {
  TEMPORAL_API_KEY: 'sentinel-temporal-3f1c9a7e',
  AWS_SECRET_ACCESS_KEY: 'sentinel-aws-8d2b4c6f',
  AWS_ACCESS_KEY_ID: 'sentinel-id-51e7a9d3',
  OPENAI_API_KEY: 'sentinel-judge-77aa12bc',
  NPM_TOKEN: 'sentinel-npm-0b9c8d7e',
};

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((path) => join(directory, path))
    .filter((path) => statSync(path).isFile());
}

test('a whole run leaves no secret in database, histories, artifacts, policies, logs, reports or output', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-secrets-');
  const finished = await runAssay(smallMatrixCommand(home), SECRETS);
  assert.equal(finished.code, 0, finished.stderr);
  const shown = await runAssay(['ls', '--json', '--home', home], SECRETS);
  const doctor = await runAssay(['doctor', '--home', home], SECRETS);
  const files = listFiles(home);
  for (const part of ['assay.db', 'temporal.db', 'report.html', '.log', 'model.safetensors'])
    assert.ok(
      files.some((file) => file.endsWith(part)),
      `there is a ${part} to look into`,
    );
  const output = [finished, shown, doctor].map(({ stdout, stderr }) => stdout + stderr).join('\n');
  for (const [name, secret] of Object.entries(SECRETS)) {
    assert.ok(!output.includes(secret), `${name} was printed`);
    for (const file of files) assert.ok(!readFileSync(file).includes(secret), `${name} stands in ${file}`);
  }
  const unreachable = await runAssay([...smallMatrixCommand(home), '--seeds', '9'], {
    ...SECRETS,
    TEMPORAL_ADDRESS: '127.0.0.1:9',
  });
  assert.equal(unreachable.code, 1);
  assert.match(unreachable.stderr, /ServerUnreachableError/);
  for (const secret of Object.values(SECRETS)) assert.ok(!unreachable.stderr.includes(secret));
});
