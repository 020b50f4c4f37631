import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

const corpus = (): string => file('partial.txt', 'So what is seven times nine?');

test('--write adds to each problem line whether the corpus shares an n-gram with it', async (t) => {
  const path = join(directory, 'any.jsonl');
  const { code, out, talk } = await run(t, problems, corpus(), '--n', '4', '--write', path);
  assert.equal(code, 0, talk);
  assert.equal(talk, `wrote ${path}: 1 contaminated, 1 clean`);
  assert.match(out, /^line 3: 1 of 2 4-grams/);
  assert.equal(
    readFileSync(path, 'utf8'),
    '{"question":"How many apples are left?","answer":"1","split":"clean"}\n' +
      '{"question":"What is seven times six?","answer":"42","split":"contaminated"}\n',
  );
});

test('--least is the smallest share that makes a problem contaminated, that share included', async (t) => {
  const written = async (name: string, least: string): Promise<string> => {
    const path = join(directory, name);
    await run(t, problems, corpus(), '--n', '4', '--write', path, '--least', least);
    return readFileSync(path, 'utf8').split('\n')[1]!;
  };
  assert.match(await written('half.jsonl', '0.5'), /"split":"contaminated"/);
  assert.match(await written('more.jsonl', '0.51'), /"split":"clean"/);
});

test('a problem shorter than an n-gram is contaminated where the corpus holds the whole of it', async (t) => {
  const path = join(directory, 'short.jsonl');
  const whole = file('whole.txt', 'and how many apples are left');
  await run(t, problems, whole, '--n', '13', '--write', path, '--least', '1');
  const splits = readFileSync(path, 'utf8').match(/"split":"\w+"/g);
  assert.deepEqual(splits, ['"split":"contaminated"', '"split":"clean"']);
});

test('--write never replaces a file, and --least without it is refused', async (t) => {
  const path = file('taken.jsonl', 'mine');
  const taken = await run(t, problems, corpus(), '--write', path);
  assert.equal(taken.code, 2);
  assert.match(taken.talk, /InvalidSpecError: --write .*taken\.jsonl is there already; name another file/);
  assert.equal(readFileSync(path, 'utf8'), 'mine');
  const unreachable = await run(t, problems, corpus(), '--write', join(directory, 'none', 'x.jsonl'));
  assert.equal(unreachable.code, 2);
  assert.match(unreachable.talk, /cannot be written: ENOENT/);
  assert.equal((await run(t, problems, corpus(), '--least', '0.5')).code, 2);
});
