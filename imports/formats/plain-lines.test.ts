import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { test } from 'node:test';
import { openSourceFile } from '../source-file.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { readSource, temporarySource } from './formats.fixture.ts';
import { plainLines } from './plain-lines.ts';

const toLines = (...records: unknown[]): string =>
  records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n');

const unreadable = (message: RegExp) => (error: unknown) =>
  error instanceof UnreadableSourceError && message.test(error.message);

test('every field of a line reaches its sample', async (t) => {
  const line = {
    problem: 7,
    prompt: '1+1=',
    target: 2,
    sample: 3,
    correct: true,
    arm: 'grpo',
    seed: 4,
    split: 'clean',
    cluster: 'sums',
    answer: '2',
    completion: 'It is 2.',
    confidence: 0.75,
    tokens: 5,
  };
  const { samples, header } = await readSource(plainLines, temporarySource(t, toLines(line)));
  assert.deepEqual(samples, [
    {
      arm: 'grpo',
      seed: 4,
      split: 'clean',
      problemId: '7',
      prompt: '1+1=',
      target: '2',
      cluster: 'sums',
      sample: 3,
      outcome: { kind: 'scored', score: 1 },
      answer: '2',
      completion: 'It is 2.',
      confidence: 0.75,
      tokens: 5,
    },
  ]);
  assert.deepEqual(header.scorers, ['correct']);
  assert.deepEqual(header.notices, []);
});

test('verdicts are told in every usual word, and what has no score failed with its reason', async (t) => {
  const told = [true, false, 1, 0, 'yes', 'NO', 'Correct', 'incorrect', 'TRUE', '0.0', '1.0'];
  const none = [{ correct: null, error: 'timed out' }, { correct: '' }, { error: '' }, { correct: '     ' }];
  const records = [...told.map((correct) => ({ correct })), ...none];
  const text = toLines(...records.map((record, problem) => ({ problem, ...record })));
  const { samples } = await readSource(plainLines, temporarySource(t, text));
  const outcomes = samples.map(({ outcome }) => (outcome.kind === 'scored' ? outcome.score : outcome.reason));
  assert.deepEqual(outcomes, [
    ...[1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1],
    ...['timed out', 'no score', 'no score', 'no score'],
  ]);
});

test('fields of other names are read under the names that the options give', async (t) => {
  const path = temporarySource(t, toLines({ question: 'Why?', is_right: 'no', run: 2 }));
  const fields = { prompt: 'question', correct: 'is_right', seed: 'run' };
  const { samples, header } = await readSource(plainLines, path, { fields });
  assert.deepEqual(samples[0]!.outcome, { kind: 'scored', score: 0 });
  assert.equal(samples[0]!.seed, 2);
  assert.equal(samples[0]!.problemId, 'Why?', 'a problem without an id is called by its prompt');
  assert.equal(header.scorer, 'is_right');
});

test('of a verdict and a graded score the verdict is read, unless the other is asked for', async (t) => {
  const path = temporarySource(t, toLines({ problem: 'a', correct: false, score: 0.4 }));
  const verdicts = await readSource(plainLines, path);
  assert.deepEqual(verdicts.samples[0]!.outcome, { kind: 'scored', score: 0 });
  assert.match(verdicts.header.notices[0]!, /the score is "correct"; "score" is there too/);
  const graded = await readSource(plainLines, path, { scorer: 'score' });
  assert.deepEqual(graded.samples[0]!.outcome, { kind: 'scored', score: 0.4 });
  await assert.rejects(
    readSource(plainLines, path, { scorer: 'f1' }),
    unreadable(/no score "f1", found correct, score; .*--field score=COLUMN/),
  );
});

test('missing columns are told with those that are there and the flag that names one', async (t) => {
  const path = temporarySource(t, toLines({ id: 'a', right: true }));
  const expected = /found the columns "id", "right"; .*--field problem=COLUMN.*--field correct=COLUMN/;
  await assert.rejects(readSource(plainLines, path), unreadable(expected));
  await assert.rejects(
    readSource(plainLines, path, { fields: { problem: 'name', correct: 'right' } }),
    unreadable(/--field problem=name: there is no column "name", found "id", "right"/),
  );
  await assert.rejects(
    readSource(plainLines, path, { fields: { verdict: 'right' } }),
    unreadable(/there is no field "verdict", known are problem, prompt/),
  );
});

test('a value that its field cannot hold is refused with its line', async (t) => {
  const refused: [object, RegExp][] = [
    [
      { correct: 'maybe' },
      /line 2: the column "correct" holds "maybe", expected true or false.*--field score=correct/,
    ],
    [{ correct: 0.5 }, /holds 0.5/],
    [{ correct: [1] }, /holds \[1\]/],
    [{ correct: 1, seed: 'first' }, /the column "seed" holds "first", expected a whole number/],
    [{ correct: 1, confidence: 85 }, /expected a number from 0 to 1/],
    [{ correct: 1, sample: -1 }, /expected a whole number from 0/],
    [{ correct: 1, problem: '' }, /line 2: tells no problem: expected a value in "problem"/],
  ];
  const whole = { problem: 'a', correct: 1, seed: 0, confidence: 0, sample: 0 };
  for (const [record, message] of refused) {
    const path = temporarySource(t, toLines(whole, { problem: 'a', ...record }));
    await assert.rejects(readSource(plainLines, path), unreadable(message), String(message));
  }
});

test('a file that ends too early, or holds what JSON cannot, is refused with its line', async (t) => {
  const whole = toLines({ problem: 'a', correct: 1 }, { problem: 'b', correct: 1 });
  const cut = temporarySource(t, whole.slice(0, -5));
  await assert.rejects(readSource(plainLines, cut), unreadable(/line 2: not JSON/));
  const nan = temporarySource(t, toLines({ problem: 'a', score: 1 }, '{"problem": "b", "score": NaN}'));
  await assert.rejects(readSource(plainLines, nan), unreadable(/line 2: .*write null/));
  const mixed = temporarySource(t, toLines({ problem: 'a', score: 1 }, '[1]'));
  await assert.rejects(
    readSource(plainLines, mixed),
    unreadable(/line 2: found \[1\], expected a JSON object/),
  );
  const packed = gzipSync(Buffer.from(`${whole}\n`.repeat(2000)));
  const cutPacked = temporarySource(t, packed.subarray(0, packed.length - 9));
  await assert.rejects(readSource(plainLines, cutPacked), unreadable(/cannot be read/));
});

test('names that JavaScript gives a meaning are names as any other', async (t) => {
  const line = '{"__proto__": {"correct": true}, "constructor": "x", "problem": "a", "score": 0}';
  const { samples } = await readSource(plainLines, temporarySource(t, line), {
    fields: { arm: 'constructor' },
  });
  assert.deepEqual(samples[0]!.outcome, { kind: 'scored', score: 0 });
  assert.equal(samples[0]!.arm, 'x');
});

test('lines of objects are recognised, printed documents and tables are not', async (t) => {
  const recognizes = async (text: string): Promise<boolean> =>
    plainLines.recognizes(await openSourceFile(temporarySource(t, text)));
  assert.equal(await recognizes('\n{"problem": 1}\n'), true);
  assert.equal(await recognizes('{\n  "problem": 1\n}'), false);
  assert.equal(await recognizes('problem,correct\n1,1'), false);
});
