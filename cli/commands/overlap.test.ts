import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { main } from '../main.ts';

const directory = mkdtempSync(join(tmpdir(), 'assay-overlap-'));
after(() => rmSync(directory, { recursive: true }));

function file(name: string, ...lines: string[]): string {
  const path = join(directory, name);
  writeFileSync(path, lines.join('\n'));
  return path;
}

const problems = file(
  'problems.jsonl',
  '{"question": "How many apples are left?", "answer": "1"}',
  '',
  '{"question": "What is seven times six?", "answer": "42"}',
);

async function run(t: TestContext, ...args: string[]): Promise<{ code: number; out: string; talk: string }> {
  const log = t.mock.method(console, 'log', () => undefined);
  const error = t.mock.method(console, 'error', () => undefined);
  const code = await main(['node', 'assay', 'overlap', ...args]);
  const [out, talk] = [log, error].map(({ mock }) =>
    mock.calls.map((call) => (call.arguments as unknown[]).join(' ')).join('\n'),
  ) as [string, string];
  t.mock.restoreAll();
  return { code, out, talk };
}

test('overlap shows which question matches, what of it, and the corpus line', async (t) => {
  const corpus = file('corpus.txt', 'First line.', 'He asks: how many apples', 'are left now?');
  const { code, out } = await run(t, problems, corpus, '--n', '4');
  assert.equal(code, 0);
  assert.match(out, /^line 1: 2 of 2 4-grams\n {2}"How many apples are left"\n {2}corpus line 3: /);
  assert.match(out, /\n1 of 2 questions share a 4-gram of words with the 3 corpus lines, 1 entirely\.$/);
});

test('a file that cannot be read, or has no such field, is a usage error that names it', async (t) => {
  const missing = await run(t, join(directory, 'none.jsonl'), problems);
  assert.equal(missing.code, 2);
  assert.match(missing.talk, /UnreadableFileError: .*none\.jsonl cannot be read: ENOENT/);
  const field = await run(t, problems, problems, '--field', 'prompt');
  assert.equal(field.code, 2);
  assert.match(
    field.talk,
    /line 1: expected an object with text in "prompt", found an object with question, answer/,
  );
});
