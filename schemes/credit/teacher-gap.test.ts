import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimate, smallBatch } from './estimate.fixture.ts';

const rewards = [1, 0, 1, 0];
const credited = (rules: Parameters<typeof estimate>[1]['rules']): number[] =>
  Array.from(estimate(smallBatch, { rewards, rules }).credit);

test('alone each token is credited with how much likelier the teacher finds it, whatever the reward', () => {
  assert.deepEqual(credited(['teacher-gap']), [0.5, -2, 0, 0, -1, 0.75, 0, 0]);
});

test('after another rule it is added, with its weight', () => {
  const half = { name: 'teacher-gap', options: { weight: 0.5 } };
  assert.deepEqual(credited(['spread', half]), [1.25, 0, 0, 0, 0.5, 1.375, 0, 0]);
});

test('with gamma a token answers for the gaps that follow it as well', () => {
  const whole = { name: 'teacher-gap', options: { gamma: 1 } };
  assert.deepEqual(credited([whole]), [-1.5, -2, 0, 0, -0.25, 0.75, 0, 0]);
});

test('without recorded logprobs of a teacher it names the column', () => {
  const { teacherLogprobs: _, ...perToken } = smallBatch.perToken;
  assert.throws(() => estimate({ ...smallBatch, perToken }, { rewards, rules: ['teacher-gap'] }), {
    name: 'MissingColumnError',
    message: /teacherLogprobs/,
  });
});
