import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTask } from '../../tasks/index.ts';
import { judgeRubric, rubricScore } from './rubric.ts';

const arithmetic = openTask('arithmetic');
const chain = { key: '47+8-3*2+6=', prompt: '47+8-3*2+6=', answer: '10' };
const [met, unmet, none] = ['met', 'unmet', 'not-applicable'] as const;

/** text, truncated, outcomes of shows-steps, steps-correct, one-final-answer, ends-properly, known-format, score */
const table: readonly [string, boolean, readonly string[], number][] = [
  ['[55;52;04;10]#10', false, [met, met, met, met, met], 1],
  ['[55;52;05;10]#10', false, [met, unmet, met, met, met], 4 / 5],
  ['[55;52]#10', false, [unmet, met, met, met, met], 4 / 5],
  ['#10', false, [unmet, none, met, met, met], 3 / 4],
  ['#10#10', false, [unmet, none, unmet, met, unmet], 1 / 4],
  ['[55;52;04', true, [unmet, met, unmet, unmet, unmet], 1 / 5],
];

for (const [text, isTruncated, outcomes, score] of table) {
  test(`the deterministic judge reads ${text}${isTruncated ? ' (truncated)' : ''}`, () => {
    const judged = judgeRubric(arithmetic, chain, { text, isTruncated });
    assert.deepEqual(
      judged.map((entry) => entry.outcome),
      outcomes,
    );
    assert.equal(rubricScore(judged), score);
  });
}

test('steps do not apply to a fact', () => {
  const knowledge = openTask('knowledge');
  const fact = knowledge.problem('knowledge', 0, 0);
  const judged = judgeRubric(knowledge, fact, { text: `#${fact.answer}`, isTruncated: false });
  assert.deepEqual(
    judged.map((entry) => entry.outcome),
    [none, none, met, met, met],
  );
  assert.equal(rubricScore(judged), 1);
});
