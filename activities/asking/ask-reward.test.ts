import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { z } from 'zod';
import type { Reward } from '../../schemes/rewards/reward.ts';
import { input } from '../../schemes/conformance/reward-input.ts';
import { askReward } from './ask-reward.ts';

const neverAborts = new AbortController().signal;
const noProgram = (): never => assert.fail('no program is asked');

/** What comes of a score: outcome, score, kind of failure and message. */
async function ask(
  score: Reward<{ deadlineMs: number }>['score'],
  { deadlineMs = 1000, signal = neverAborts } = {},
): Promise<unknown[]> {
  const part: Reward<{ deadlineMs: number }> = {
    name: 'tone',
    description: 'Of the test.',
    optionsSchema: z.strictObject({ deadlineMs: z.number().default(1000).describe('Deadline.') }),
    score,
  };
  const reward = { part: part as Reward<object>, options: { deadlineMs } };
  const found = await askReward(reward, input(), { id: 'r1/0/1/2', signal, sessionOf: noProgram });
  return [found.outcome, found.score, found.label, found.text];
}

test('a promise of a number is a score, and null stays null', async () => {
  assert.deepEqual(await ask(async ({ completion }) => completion.length / 2), ['judged', 1.5, null, null]);
  assert.deepEqual(await ask(() => 0), ['judged', 0, null, null]);
  assert.deepEqual(await ask(async () => null), ['not-applicable', null, null, null]);
});

test('what does not come is a failure that says why, and no 0', async () => {
  assert.deepEqual(await ask(() => sleep(10_000, 1, { ref: false }), { deadlineMs: 20 }), [
    ...['failed', null, 'late', 'no score within 20 ms'],
  ]);
  assert.deepEqual(await ask(() => Promise.reject(new Error('503 of the judge'))), [
    ...['failed', null, 'rejected', '503 of the judge'],
  ]);
  const throwing = (): never => {
    throw new TypeError('nothing is not a function');
  };
  assert.deepEqual(await ask(throwing), ['failed', null, 'rejected', 'nothing is not a function']);
  assert.deepEqual(await ask(async () => NaN), [
    ...['unparsable', null, 'unreadable', 'found the score NaN, expected a finite number, or null'],
  ]);
  const text = (await ask((async () => '1') as never)).at(-1);
  assert.equal(text, 'found the score 1, expected a finite number, or null');
});

test('at its deadline the signal of a score aborts, and what it then throws counts as late', async () => {
  const found = await ask(
    (_input, _options, { signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted fetch')))),
    { deadlineMs: 20 },
  );
  assert.deepEqual(found.slice(0, 3), ['failed', null, 'late']);
});

test('a cancelled question is no failure of the reward: it throws', async () => {
  const cancelled = new AbortController();
  const asked = ask(() => sleep(10_000, 1, { ref: false }), { signal: cancelled.signal });
  cancelled.abort(new Error('cancelled'));
  await assert.rejects(asked, /^Error: cancelled$/);
});
