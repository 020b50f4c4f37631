import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { openTask } from '../tasks/index.ts';
import type { Task } from '../tasks/task.ts';
import { openSource } from './index.ts';
import { leaveOutMark } from './leave-out-mark.ts';

const task = openTask('arithmetic', { operations: 2 });

function write(options: object, index: number): string {
  const generator = createGenerator(deriveStream(3, 'corpus'), index);
  return openSource('solutions', options).write(
    { task, tasks: [task], seed: 3 },
    { generator, index, turn: () => index },
  );
}

function isMalformed(index: number, document: string): boolean {
  const problem = task.problem('train', 3, index);
  const text = document.slice(problem.prompt.length);
  return task.verify(problem, { text, isTruncated: false }).outcome === 'malformed';
}

const COUNT = 4000;
const written = (malformedShare: number): string[] =>
  Array.from({ length: COUNT }, (_, index) => write({ malformedShare }, index));

test('at a malformed share of .3 the verifier finds no answer in three of ten documents', () => {
  const malformed = written(0.3).filter((document, index) => isMalformed(index, document));
  // A standard error of .007.
  assert.ok(Math.abs(malformed.length / COUNT - 0.3) < 0.03, `found ${malformed.length / COUNT}`);
});

test('a malformed document lacks the mark before its answer and nothing else, and more keep those of fewer', () => {
  const [none, some, more] = [0, 0.3, 0.6].map(written);
  for (const [index, document] of some!.entries()) {
    if (document === none![index]) continue;
    assert.equal(document, none![index]!.replace('#', ''));
    assert.equal(more![index], document);
  }
});

test('the mark is the shortest part right before the answer without which none is found', () => {
  const problem = { key: 'k', prompt: '1+1=', answer: '02' };
  assert.equal(leaveOutMark(task, problem, '[02;02]#02'), '[02;02]02');
  const texts = openTask('arithmetic', { formats: ['direct-confidence'] });
  assert.equal(leaveOutMark(texts, problem, '#02~7'), '02~7');
});

test('a task that finds its answers without a mark refuses malformed documents', () => {
  const unmarked = { ...task, verify: () => ({ outcome: 'correct', extractedAnswer: '1', reason: null }) };
  const source = openSource('solutions', { malformedShare: 0.1 });
  assert.match(source.findFault(unmarked as unknown as Task)!, /^malformedShare: task arithmetic finds/);
  assert.equal(source.findFault(task), null);
  assert.deepEqual(openSource('solutions', { formats: { direct: 1 }, malformedShare: 0 }).options, {
    formats: { direct: 1 },
  });
});
