import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { openTask } from './index.ts';
import type { Problem } from './problem.ts';

const task = openTask('countdown');
const worked: Problem = { key: '05,10,13>18=', prompt: '05,10,13>18=', answer: '13+10-05' };
const check = (text: string) => task.verify(worked, { text, isTruncated: false });

test('any expression that reaches the target is right, not only the reference', () => {
  assert.equal(check('#13+10-05').outcome, 'correct');
  assert.equal(check('#10-5+13').outcome, 'correct');
  assert.equal(check('[05+10*13=135;13+10-05=18]#13+10-05').outcome, 'correct');
  assert.deepEqual(check('#13+05').outcome, 'incorrect');
  assert.equal(check('#13+10-05=18').outcome, 'malformed');
  assert.equal(check('13+10-05').outcome, 'malformed');
});

test('search steps are equations, judged by reading them', () => {
  const judged = (text: string) => task.steps(worked, text)?.map((step) => step.isCorrect) ?? null;
  assert.deepEqual(judged('[05+10*13=135;13+10-05=19;13+=2;7]#13+10-05'), [true, false, false, false]);
  assert.equal(judged('#13+10-05'), null);
  const large = '9007199254740992+1=9007199254740993';
  assert.deepEqual(judged(`[${large};${large.slice(0, -1)}2]#1`), [true, false]);
});

test('a written search ends with the solution after at most three failures', () => {
  const generator = createGenerator(deriveStream(0, 'write'));
  const lengths = new Set<number>();
  for (let index = 0; index < 50; index += 1) {
    const problem = task.problem('train', 0, index);
    const steps = task.steps(problem, task.writeCompletion(problem, 'search', generator))!;
    lengths.add(steps.length);
    assert.ok(steps.at(-1)!.text.startsWith(`${problem.answer}=`));
  }
  assert.deepEqual([...lengths].sort(), [1, 2, 3, 4]);
});

test('numbers in a prompt are sorted, so equal problems have equal keys', () => {
  for (let index = 0; index < 50; index += 1) {
    const problem = task.problem('clean', 1, index);
    const numbers = problem.metadata!['numbers'] as number[];
    assert.deepEqual(
      [...numbers].sort((a, b) => a - b),
      numbers,
    );
    assert.equal(problem.key, problem.prompt);
  }
});
