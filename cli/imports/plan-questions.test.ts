import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planQuestions, type Question } from './plan-questions.ts';

const asked: Question = {
  ...{ baseline: 'old', arms: ['new', 'newer'], splits: ['clean', 'all'], ks: [1, 8], isGraded: false },
  ...{ alternative: 'noninferior', margin: 0.02, interest: null },
};

test('each arm, split and k is a claim of its own, in words too', () => {
  const claims = planQuestions(asked).map(({ claim }) => claim);
  assert.equal(claims.length, 8);
  assert.equal(claims[0], 'new is at most 0.02 below old in pass@1 on clean.');
  assert.equal(claims[7], 'newer is at most 0.02 below old in pass@8 on all.');
});

test('graded scores are one claim whatever k is asked for, so that none is corrected for itself', () => {
  const found = planQuestions({ ...asked, isGraded: true });
  assert.deepEqual(
    found.map(({ treatment, metric }) => [treatment, metric]),
    ['clean', 'all'].flatMap((split) => asked.arms.map((arm) => [arm, { name: 'score', split }])),
  );
});
