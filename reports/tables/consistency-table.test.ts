import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EvaluationCount } from '../comparison/comparison-input.ts';
import { voteOf } from './consistency-table.ts';

function problem(right: number, wrong: number): EvaluationCount {
  return {
    ...{ runId: 'a#1', split: 'all', step: 0, problemId: 'q', tokens: null, confidences: null, formats: {} },
    ...{ n: right + wrong, c: right, correctAnswer: '4', answers: { '4': right, '5': wrong } },
  };
}

test('a vote of more than a thousand samples is not defined, and does not end the report', () => {
  // Of two right and two wrong three are drawn: half of the draws have two right.
  assert.equal(voteOf(problem(2, 2), 3), 0.5);
  assert.equal(voteOf(problem(600, 401), 4), null);
});
