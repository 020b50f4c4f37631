import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { measureFileOverlap, UnreadableFileError } from './overlap.ts';

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

const options = { n: 5, unit: 'words', field: 'question' } as const;

test('every text of a JSON Lines corpus counts, or one field', async () => {
  const corpus = file('corpus.jsonl', '{"text": "nothing", "source": {"title": "What is seven times six?"}}');
  const all = await measureFileOverlap({ problems, corpus }, options);
  assert.deepEqual(
    all.questions.map(({ line, share }) => [line, share]),
    [
      [3, 1],
      [1, 0],
    ],
  );
  const one = await measureFileOverlap({ problems, corpus }, { ...options, corpusField: 'text' });
  assert.ok(one.questions.every(({ found }) => found === 0));
});

test('running text goes on over lines, and a blank line ends it', async () => {
  const corpus = file('running.txt', 'how many apples', 'are left', '', 'what is', '', 'seven times six');
  const { corpusLines, questions } = await measureFileOverlap({ problems, corpus }, { ...options, n: 4 });
  assert.equal(corpusLines, 6);
  assert.deepEqual(
    questions.map(({ line, found, grams }) => [line, found, grams]),
    [
      [1, 2, 2],
      [3, 0, 2],
    ],
  );
});

test('a long corpus line is cut around the match', async () => {
  const before = 'and so it went on for quite a while '.repeat(5);
  const corpus = file('long.txt', `${before}how many apples are left`);
  const { questions } = await measureFileOverlap({ problems, corpus }, options);
  const { corpusLine, corpusExcerpt } = questions[0]!.matches[0]!;
  assert.equal(corpusLine, 1);
  assert.match(corpusExcerpt, /^….{76}how many apples are left$/);
});

test('a file without a question is refused by name', async () => {
  const blank = file('blank.jsonl', '', ' ');
  await assert.rejects(
    measureFileOverlap({ problems: blank, corpus: problems }, options),
    (error) => error instanceof UnreadableFileError && /blank\.jsonl holds no question/.test(error.message),
  );
});
