import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { openTask } from './index.ts';
import { findRowFault, type JsonlOptions } from './jsonl.ts';

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

const steps = 'She has 3+4=7 eggs.\n';
const worked = openTask('jsonl', {
  rows: [
    { question: 'q', answer: `${steps}#### 7` },
    { question: 'r', answer: '8', solution: '4+4' },
  ],
  shares: { dev: 0, clean: 0, contaminated: 0 },
  answerMarker: '#### ',
  verification: 'numeric',
  formats: ['solution', 'answer'],
});

test('the marker is read in references too, and what stands before it is a worked solution', () => {
  const problems = [worked.problem('train', 0, 0), worked.problem('train', 0, 1)];
  const [marked, own] = problems.toSorted((a, b) => a.prompt.localeCompare(b.prompt));
  assert.equal(marked!.answer, '7');
  const write = (problem: typeof marked, format: string) =>
    worked.writeCompletion(problem!, format, createGenerator(deriveStream(0, 'write')));
  assert.equal(write(marked, 'solution'), `${steps}#### 7`);
  assert.equal(write(marked, 'answer'), '#### 7');
  assert.equal(write(own, 'solution'), '4+4#### 8');
  assert.deepEqual(
    [`${steps}#### 7`, '#### 7', '7', '4+4#### '].map((text) => worked.formatOf(text)),
    ['solution', 'answer', 'other', 'other'],
  );
  assert.equal(worked.maxCompletionCharacters, steps.length + '#### 7'.length);
});

test('a problem with another answer is another problem', () => {
  const keyOf = (answer: string) =>
    openTask('jsonl', {
      rows: [{ question: 'q', answer }],
      shares: { dev: 0, clean: 0, contaminated: 0 },
    }).problem('train', 0, 0).key;
  assert.notEqual(keyOf('7'), keyOf('8'));
});

test("format 'solution' without a marker, and the splits of a file, are known beforehand", () => {
  const rows = [{ question: 'q', answer: '7' }];
  assert.throws(() => openTask('jsonl', { rows, formats: ['solution'] }), /needs answerMarker/);
  assert.equal(worked.countProblems('train'), 2);
  assert.equal(worked.countProblems('dev'), 0);
  assert.equal(openTask('arithmetic').countProblems('dev'), null);
});

test('a reference that its own verifier would not take is found, with what it expects', () => {
  const faultOf = (row: { answer: string; metadata?: object }, options: object) => {
    const { options: settled } = openTask('jsonl', { rows: [{ question: 'q', ...row }], ...options });
    const { rows, ...more } = settled as unknown as JsonlOptions;
    return findRowFault({ ...more, rows }, rows[0]!)?.expected ?? null;
  };
  assert.equal(faultOf({ answer: '8' }, { verification: 'numeric' }), null);
  assert.equal(faultOf({ answer: 'about three' }, { verification: 'numeric' }), 'a number');
  assert.equal(faultOf({ answer: '4+4=8\n#### 8' }, { verification: 'numeric' }), 'a number');
  assert.equal(faultOf({ answer: '4+4=8\n#### 8' }, { verification: 'numeric', answerMarker: '####' }), null);
  assert.equal(faultOf({ answer: '1;x' }, { verification: 'integer-set' }), 'a list of whole numbers');
  assert.equal(faultOf({ answer: '2/4x' }, { verification: 'fraction' }), 'a fraction');
  assert.equal(faultOf({ answer: '  ' }, {}), 'text that is not blank');
  assert.match(
    faultOf({ answer: '5+4', metadata: { numbers: [5, 3], target: 8 } }, { verification: 'expression' })!,
    /reaches metadata\.target/,
  );
  assert.match(faultOf({ answer: '#8' }, { answerMarker: '#', formats: ['solution'] })!, /a worked solution/);
});
