import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTask } from '../../tasks/index.ts';
import { rewards } from '../rewards/index.ts';
import { input } from '../conformance/reward-input.ts';
import { scoreReward } from '../rewards/reward.ts';
import { checks } from './checks.ts';
import type { JudgeCall, Judgement } from './judge.ts';

const arithmetic = openTask('arithmetic');
const chain = { key: '47+8-3*2+6=', prompt: '47+8-3*2+6=', answer: '10' };
const [met, unmet, none] = [1, 0, null];

function judge(call: JudgeCall, options: object = {}): readonly Judgement[] {
  return checks.judge(call, checks.optionsSchema.parse(options));
}

const rubricOf = (found: readonly Judgement[]): number | null =>
  scoreReward(rewards.open('rubric'), input({ judgements: { checks: found } }));

/** text, truncated, scores of shows-steps, steps-correct, one-final-answer, ends-properly, known-format, rubric */
const table: readonly [string, boolean, readonly (number | null)[], number][] = [
  ['[55;52;04;10]#10', false, [met, met, met, met, met], 1],
  ['[55;52;05;10]#10', false, [met, unmet, met, met, met], 4 / 5],
  ['[55;52]#10', false, [unmet, met, met, met, met], 4 / 5],
  ['#10', false, [unmet, none, met, met, met], 3 / 4],
  ['#10#10', false, [unmet, none, unmet, met, unmet], 1 / 4],
  ['[55;52;04', true, [unmet, met, unmet, unmet, unmet], 1 / 5],
];

for (const [text, isTruncated, scores, rubric] of table) {
  test(`checks read ${text}${isTruncated ? ' (truncated)' : ''}`, () => {
    const found = judge({ task: arithmetic, problem: chain, completion: { text, isTruncated } });
    assert.deepEqual(
      found.map(({ item }) => item),
      ['shows-steps', 'steps-correct', 'one-final-answer', 'ends-properly', 'known-format'],
    );
    assert.deepEqual(
      found.map(({ score }) => score),
      scores,
    );
    assert.equal(rubricOf(found), rubric);
  });
}

test('steps do not apply to a fact', () => {
  const knowledge = openTask('knowledge');
  const fact = knowledge.problem('knowledge', 0, 0);
  const completion = { text: `#${fact.answer}`, isTruncated: false };
  const found = judge({ task: knowledge, problem: fact, completion });
  assert.deepEqual(
    found.map(({ score }) => score),
    [none, none, met, met, met],
  );
  assert.equal(rubricOf(found), 1);
});

test('only the criteria that are named are checked, each at its weight', () => {
  const completion = { text: '[55;52;04;10]#10', isTruncated: true };
  const criteria = { 'ends-properly': 3, 'steps-correct': 1 };
  const found = judge({ task: arithmetic, problem: chain, completion }, { criteria });
  assert.deepEqual(
    found.map(({ item, score, weight }) => [item, score, weight]),
    [
      ['ends-properly', unmet, 3],
      ['steps-correct', met, 1],
    ],
  );
  assert.equal(rubricOf(found), 1 / 4);
  assert.throws(() => checks.optionsSchema.parse({ criteria: {} }), /names no criterion/);
});
