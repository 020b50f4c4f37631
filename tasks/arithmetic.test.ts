import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { chainValues, parseChain } from './arithmetic-chain.ts';
import { openTask } from './index.ts';
import type { Problem } from './problem.ts';

const task = openTask('arithmetic', { formats: ['scratchpad', 'direct', 'padded-direct'] });
const worked: Problem = { key: '47+8-3*2+6=', prompt: '47+8-3*2+6=', answer: '10' };
const check = (text: string) => task.verify(worked, { text, isTruncated: false });

test('a chain is evaluated from left to right, each value modulo 100', () => {
  assert.deepEqual(chainValues(parseChain('47+8-3*2+6=')!, 100), [55, 52, 4, 10]);
  assert.deepEqual(chainValues(parseChain('03-9*9-0=')!, 100), [94, 46, 46]);
  assert.equal(parseChain('47+8'), null);
});

test('the worked example is written as scratchpad, direct and direct of equal length', () => {
  const generator = createGenerator(deriveStream(0, 'write'));
  assert.equal(task.writeCompletion(worked, 'scratchpad', generator), '[55;52;04;10]#10');
  assert.equal(task.writeCompletion(worked, 'direct', generator), '#10');
  assert.equal(task.writeCompletion(worked, 'padded-direct', generator), ';;;;;;;;;;;;;#10');
});

test('only the answer at the very end counts', () => {
  assert.equal(check('[55;52;04;10]#10').outcome, 'correct');
  assert.equal(check('[99;99;99;99]#10').outcome, 'correct');
  assert.deepEqual(check('#11'), { outcome: 'incorrect', extractedAnswer: '11' });
  assert.equal(check('#10#11').outcome, 'incorrect');
  for (const text of ['10', '#1', '#10 ', '#100', '[55;52;04;10]'])
    assert.equal(check(text).outcome, 'malformed', text);
});

test('a completion that only resembles a format is other', () => {
  for (const text of ['[55;52#10', '[]#10', '[5;52;04;10]#10', '55#10', ';#1'])
    assert.equal(task.formatOf(text), 'other', text);
  assert.equal(task.formatOf('[55]#10'), 'scratchpad');
});

test('steps are judged one by one; missing and surplus steps are wrong', () => {
  const judged = (text: string) => task.steps(worked, text)?.map((step) => step.isCorrect) ?? null;
  assert.deepEqual(judged('[55;52;05;10]#10'), [true, true, false, true]);
  assert.deepEqual(judged('[55;52'), [true, true, false, false]);
  assert.deepEqual(judged('[55;52;04;10;10]#10'), [true, true, true, true, false]);
  assert.equal(judged('#10'), null);
});

test('prompts have one length, and the harder split has more operations', () => {
  const lengths = (split: 'clean' | 'harder') =>
    new Set(Array.from({ length: 40 }, (_, i) => openTask('arithmetic').problem(split, 0, i).prompt.length));
  assert.deepEqual([...lengths('clean')], [11]);
  assert.deepEqual([...lengths('harder')], [15]);
});

test('the contaminated split ends at leakedProblems, a small split at its last distinct problem', () => {
  assert.throws(() => task.problem('contaminated', 0, 32), { name: 'SplitExhaustedError' });
  const tiny = openTask('arithmetic', { operations: 1, operators: ['+'], startDigits: 1 });
  assert.throws(() => tiny.problem('clean', 0, 60), /no unused problem/);
});

test('a confidence format states a chance of d/9 after the answer, drawn uniformly in a corpus', () => {
  const stating = openTask('arithmetic', {
    formats: ['scratchpad-confidence', 'direct-confidence', 'direct'],
  });
  const generator = createGenerator(deriveStream(0, 'write'));
  const written = Array.from({ length: 400 }, () =>
    stating.writeCompletion(worked, 'scratchpad-confidence', generator),
  );
  const counts = new Map<string, number>();
  for (const text of written) {
    assert.match(text, /^\[55;52;04;10\]#10~\d$/);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  assert.equal(counts.size, 10);
  for (const count of counts.values()) assert.ok(count > 20 && count < 65, `${count}`);
  assert.equal(stating.statedConfidence('[55;52;04;10]#10~7'), 7 / 9);
  assert.equal(stating.statedConfidence('#99~0'), 0);
  assert.equal(stating.statedConfidence('#10'), null);
  assert.deepEqual(stating.answerSpan('[55]#10~7'), { from: 5, to: 7 });
  assert.deepEqual(stating.verify(worked, { text: '#11~9', isTruncated: false }), {
    outcome: 'incorrect',
    extractedAnswer: '11',
  });
  for (const text of ['#10~', '#10~77', '#10~7#', '#1~7'])
    assert.equal(stating.verify(worked, { text, isTruncated: false }).outcome, 'malformed', text);
  assert.equal(stating.statesConfidence, true);
});

test('without a confidence format the alphabet has no sign for one and none is read', () => {
  assert.ok(!task.alphabet.includes('~'));
  assert.equal(task.statesConfidence, false);
  assert.equal(task.statedConfidence('#10~7'), null);
  assert.equal(check('#10~7').outcome, 'malformed');
});
