import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { main } from '../main.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-import-'));
after(() => rmSync(directory, { recursive: true }));

const results = join(directory, 'grpo.csv');
writeFileSync(results, 'problem,is_right,who,why\nq1,yes,a,\nq1,no,b,\nq2,,a,timed out\nq2,yes,b,\n');

async function run(
  t: TestContext,
  home: string,
  ...args: string[]
): Promise<{ code: number; out: string; talk: string }> {
  const log = t.mock.method(console, 'log', () => undefined);
  const error = t.mock.method(console, 'error', () => undefined);
  const code = await main(['node', 'assay', 'import', ...args, '--home', join(directory, home)]);
  const [out, talk] = [log, error].map(({ mock }) =>
    mock.calls.map((call) => (call.arguments as unknown[]).join(' ')).join('\n'),
  ) as [string, string];
  t.mock.restoreAll();
  return { code, out, talk };
}

const fields = ['--field', 'correct=is_right', '--field', 'arm=who', '--field', 'error=why'];

test('an import says what it read, again that it has it, and is listed until it is removed', async (t) => {
  const first = await run(t, 'life', results, ...fields);
  assert.equal(first.code, 0, first.talk);
  assert.equal(
    first.out,
    'imported grpo: 2 arms, 2 problems, 4 samples (1 failed), plain CSV, score is_right',
  );
  const again = await run(t, 'life', results, ...fields);
  assert.match(again.out, /^grpo has this content, read in this way, since .*; nothing was imported$/);
  const listed = await run(t, 'life', 'ls');
  assert.match(
    listed.out,
    /^grpo {2}[0-9a-f]{12} {2}2 arms, 2 problems, 4 samples \(1 failed\), .* of .*grpo\.csv$/,
  );
  const document = JSON.parse((await run(t, 'life', 'ls', '--json')).out) as {
    imports: { name: string; runs: object[] }[];
  };
  assert.deepEqual(document.imports[0]!.runs, [
    { run: 0, arm: 'a', seed: null },
    { run: 1, arm: 'b', seed: null },
  ]);
  assert.equal((await run(t, 'life', 'rm', 'grpo')).out, 'removed grpo');
  const empty = await run(t, 'life', 'ls');
  assert.deepEqual([empty.out, empty.talk], ['', 'nothing was imported yet: assay import FILE']);
});

test('with --json an import is one document', async (t) => {
  const { out } = await run(t, 'json', results, ...fields, '--json', '--name', 'mine');
  const { imports } = JSON.parse(out) as { imports: Record<string, unknown>[] };
  assert.equal(imports.length, 1);
  assert.equal(imports[0]!['name'], 'mine');
  assert.equal(imports[0]!['isNew'], true);
  assert.equal((imports[0]!['header'] as { scorer: string }).scorer, 'is_right');
});

test('what a reader can mend is a usage error that says how', async (t) => {
  const unnamed = await run(t, 'usage', results);
  assert.equal(unnamed.code, 2);
  assert.match(unnamed.talk, /UnreadableSourceError: .*found the columns .*--field correct=COLUMN/);
  const missing = await run(t, 'usage', 'rm', 'none');
  assert.equal(missing.code, 2);
  assert.match(missing.talk, /UnknownImportError: there is no import "none"; nothing was imported yet/);
  const twoNames = await run(t, 'usage', results, results, '--name', 'x');
  assert.equal(twoNames.code, 2);
  const field = await run(t, 'usage', results, '--field', 'correct');
  assert.equal(field.code, 2);
  const nowhere = await run(t, 'nowhere', 'rm', 'none');
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.talk, /DatabaseMissingError/);
});
