import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTask } from './index.ts';
import { parseProblemRows, ProblemFileError } from './problem-rows.ts';

const line = (question: string, answer: string | null = '1') => JSON.stringify({ question, answer });

test('rows are read with blank lines skipped and further fields allowed', () => {
  const rows = parseProblemRows(
    `${line('a')}\n\n{"question":"b","answer":null,"source":"x","metadata":{"k":[1]}}\r\n`,
    'f',
  );
  assert.deepEqual(
    rows.map((row) => [row.question, row.answer, row.metadata]),
    [
      ['a', '1', {}],
      ['b', null, { k: [1] }],
    ],
  );
});

test('a bad row is refused with its line and what is wrong', () => {
  const refused = (text: string, message: RegExp) =>
    assert.throws(
      () => parseProblemRows(text, 'f.jsonl'),
      (error) => {
        assert.ok(error instanceof ProblemFileError);
        assert.match(error.message, message);
        return true;
      },
    );
  refused(`${line('a')}\n{"question":`, /f\.jsonl, line 2: not JSON/);
  refused(`${line('a')}\n\n{"answer":"1"}`, /line 3: question/);
  refused('{"question":"a","answer":7}', /line 1: answer/);
  refused('{"question":"a","answer":""}', /line 1: answer/);
  refused('[1]', /line 1/);
  refused(`${line('a')}\n${line('b')}\n${line('a', '2')}`, /line 3: the question is the same as in line 1/);
  refused('\n', /no problem/);
});

test('train starts over in another order at its end; an evaluation split ends', () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({ question: `q${i}`, answer: `${i}` }));
  const task = openTask('jsonl', { rows });
  const counted = rows.filter((_, index) => {
    try {
      return task.problem('clean', 0, index) !== undefined;
    } catch {
      return false;
    }
  }).length;
  assert.ok(counted > 8 && counted < 35, `${counted}`);
  assert.throws(() => task.problem('clean', 0, counted), { name: 'SplitExhaustedError' });
  const seen = new Set(Array.from({ length: 100 }, (_, i) => task.problem('train', 0, i).key));
  const first = Array.from({ length: seen.size }, (_, i) => task.problem('train', 0, i).key);
  const second = Array.from({ length: seen.size }, (_, i) => task.problem('train', 0, seen.size + i).key);
  assert.deepEqual(new Set(first), seen);
  assert.deepEqual(new Set(second), seen);
  assert.notDeepEqual(second, first);
  assert.throws(() => task.problem('harder', 0, 0), { name: 'SplitExhaustedError' });
});

test('with a marker only the text after its last occurrence is the answer', () => {
  const task = openTask('jsonl', {
    rows: [{ question: 'q', answer: '7' }],
    answerMarker: '####',
    verification: 'numeric',
  });
  const problem = { key: 'q', prompt: 'q', answer: '7' };
  const outcome = (text: string) => task.verify(problem, { text, isTruncated: false }).outcome;
  assert.equal(outcome('3 + 4\n#### 7.0'), 'correct');
  assert.equal(outcome('#### 7 #### 8'), 'incorrect');
  assert.equal(outcome('7'), 'malformed');
  assert.deepEqual(task.answers('#### 7 #### 8'), [' 7 ', ' 8']);
});

test('a check without what it needs is unverifiable', () => {
  const outcome = (options: object, answer: string) =>
    openTask('jsonl', { rows: [{ question: 'q', answer }], ...options }).verify(
      { key: 'q', prompt: 'q', answer },
      { text: '1', isTruncated: false },
    ).outcome;
  assert.equal(outcome({ verification: 'numeric' }, 'one'), 'unverifiable');
  assert.equal(outcome({ verification: 'expression' }, '1'), 'unverifiable');
});

test('a goal that JSON cannot hold exactly is unverifiable, never wrong', () => {
  const task = openTask('jsonl', { rows: [{ question: 'q', answer: '1' }], verification: 'expression' });
  const outcome = (text: string, metadata: Record<string, number | number[]>) =>
    task.verify({ key: 'q', prompt: 'q', answer: '1', metadata }, { text, isTruncated: false }).outcome;
  assert.equal(outcome('5+3', { numbers: [5, 3], target: 8 }), 'correct');
  assert.equal(outcome('5/2', { numbers: [5, 2], target: 2.5 }), 'unverifiable');
  assert.equal(outcome('5+3', { numbers: [5, 3], target: 2 ** 53 }), 'unverifiable');
  assert.equal(outcome('5+3', { numbers: [5, 2 ** 53], target: 8 }), 'unverifiable');
});

test('the answer stands where slice finds it, also behind characters of two units', () => {
  const task = openTask('jsonl', { rows: [{ question: 'q', answer: '7' }], answerMarker: '#' });
  const text = '😀𝟙 # 7𝟙 ';
  const { from, to } = task.answerSpan(text)!;
  assert.equal(text.slice(from, to), '7𝟙');
});
