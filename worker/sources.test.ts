import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { hashAnalysis, hashSources } from './sources.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A copy of the program with some files replaced. */
function hashWith(t: TestContext, changed: Readonly<Record<string, string>>, hash = hashSources): string {
  const copy = mkdtempSync(join(tmpdir(), 'assay-sources-'));
  t.after(() => rmSync(copy, { recursive: true }));
  for (const entry of readdirSync(root, { withFileTypes: true }))
    if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      cpSync(join(root, entry.name), join(copy, entry.name), { recursive: true });
  for (const [path, text] of Object.entries(changed)) writeFileSync(join(copy, path), text);
  return hash(copy);
}

test('the sources’ hash follows what decides numbers, wherever the program lies, and nothing else', (t) => {
  const here = hashSources();
  assert.match(here, /^[0-9a-f]{64}$/);
  assert.equal(hashWith(t, {}), here);
  assert.equal(
    hashWith(t, {
      'schemes/rewards/verifier.test.ts': '',
      'cli/commands/ls.ts': '',
      'reports/page/html.ts': '',
    }),
    here,
  );
  assert.notEqual(hashWith(t, { 'schemes/rewards/new.ts': '' }), here);
  assert.notEqual(hashWith(t, { 'activities/step/shape.ts': '' }), here);
});

test('the version of the analysis follows what decides verdicts, and nothing else', (t) => {
  const here = hashAnalysis();
  assert.notEqual(here, hashSources());
  const others = {
    'reports/page/html.ts': '',
    'schemes/rewards/new.ts': '',
    'stats/golden.test.ts': '',
    'stats/new-estimator.ts': 'export const estimate = 1;',
  };
  assert.equal(hashWith(t, others, hashAnalysis), here);
  assert.notEqual(hashWith(t, { 'stats/quantile.ts': '' }, hashAnalysis), here);
  assert.notEqual(hashWith(t, { 'reports/verdicts/new.ts': '' }, hashAnalysis), here);
});
