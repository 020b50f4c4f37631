import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { tabulateAnswers } from './answer-table.ts';

test('answers are counted over a condition’s runs, failures by their kind', () => {
  const answer = { reward: 'tone', example: null };
  const input = {
    conditions: [{ name: 'asked' }, { name: 'grpo' }],
    runs: [
      { id: 'a-0', condition: 'asked' },
      { id: 'a-1', condition: 'asked' },
      { id: 'g-0', condition: 'grpo' },
    ],
    answers: [
      { ...answer, runId: 'a-0', kind: 'scored', rollouts: 30 },
      { ...answer, runId: 'a-0', kind: 'late', rollouts: 2, example: 'no score within 50 ms' },
      { ...answer, runId: 'a-1', kind: 'scored', rollouts: 3 },
      { ...answer, runId: 'a-1', kind: 'none', rollouts: 1 },
      { ...answer, runId: 'a-1', kind: 'ended', rollouts: 4, example: 'ended with code 1' },
    ],
  } as unknown as ComparisonInput;
  assert.deepEqual(tabulateAnswers(input), [
    {
      ...{ condition: 'asked', reward: 'tone', asked: 40, scored: 33, none: 1 },
      ...{
        late: 2,
        rejected: 0,
        ended: 4,
        unreadable: 0,
        failedShare: 0.15,
        example: 'no score within 50 ms',
      },
    },
  ]);
});
