import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import type { Scheme } from '../../config/scheme.ts';
import { listJudgements, type JudgementRow } from '../../db/queries/judgements.ts';
import { judges } from '../../schemes/judges/index.ts';
import type { ClientJudge, JudgeClient } from '../../schemes/judges/judge.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { createHeldRollouts } from './held-rollouts.ts';
import { createJudge } from './judge.ts';
import { openVerifiedRound } from './verified-round.fixture.ts';

/** A judge that has one question answered of each rollout. */
const asking: ClientJudge<object> = {
  name: 'asking',
  description: 'What a model says.',
  optionsSchema: z.strictObject({}),
  asks: 'rollout',
  engine: 'client',
  questions: ({ completion }) => [
    { item: 'all', unit: -1, vote: 0, weight: 1, text: completion.text, maxTokens: 4 },
  ],
  read: (answers) =>
    answers.map(({ question: { item, unit, vote, weight }, text, tokens }) => ({
      ...{ item, unit, vote, weight, outcome: 'judged', score: 1, label: null, text, tokens },
    })),
};
judges.take(asking, asking.name);

/** Counts what it is asked; every second answer does not come. */
function createClient(): JudgeClient & { calls: number } {
  const client = {
    calls: 0,
    ask: () => {
      client.calls += 1;
      const outcome = client.calls % 2 === 0 ? ('failed' as const) : ('answered' as const);
      return Promise.resolve({ outcome, text: `answer ${client.calls}`, tokens: client.calls });
    },
  };
  return client;
}

/** Two rollouts of a run under a scheme, verified and not judged. */
function openRound(t: TestContext, change: Partial<Scheme>, judgeClient?: JudgeClient) {
  const { db, context, epoch } = openVerifiedRound(t, change);
  const plans = { readRun: () => Promise.resolve(context) } as unknown as StoreDependencies['plans'];
  const held = createHeldRollouts();
  const dependencies = { db, plans, held } as unknown as StoreDependencies;
  const judge = createJudge(judgeClient === undefined ? dependencies : { ...dependencies, judgeClient });
  const plan = { path: 'plan', sha256: '', bytes: 0 };
  return {
    judge: () => new MockActivityEnvironment().run(judge, { plan, epoch, step: 0, round: 0 }),
    found: (): JudgementRow[] => [...listJudgements(db, [1, 2]).values()].flat(),
  };
}

test('what no reward reads is not judged', async (t) => {
  const { judge, found } = openRound(t, { judges: [{ name: 'checks', options: {} }] });
  await judge();
  assert.deepEqual(found(), []);
});

test('a judge by rules judges each rollout, the same when it runs again', async (t) => {
  const { judge, found } = openRound(t, { rewards: [{ name: 'rubric', weight: 1, options: {} }] });
  await judge();
  const rows = found();
  assert.deepEqual(
    rows.slice(0, 5).map(({ rolloutId, judge: by, item, score }) => [rolloutId, by, item, score]),
    [
      [1, 'checks', 'ends-properly', 1],
      [1, 'checks', 'known-format', 0],
      [1, 'checks', 'one-final-answer', 1],
      [1, 'checks', 'shows-steps', 0],
      [1, 'checks', 'steps-correct', null],
    ],
  );
  assert.equal(rows.length, 10);
  await judge();
  assert.deepEqual(found(), rows);
});

test('a client is asked once of each rollout, however often the stage runs, and a failure is a row without a score', async (t) => {
  const client = createClient();
  const rewards = [{ name: 'rubric', weight: 1, options: { judge: 'asking' } }];
  const { judge, found } = openRound(t, { rewards }, client);
  await judge();
  const rows = found();
  assert.deepEqual(
    rows.map(({ rolloutId, judge: by, outcome, score, text, tokens }) => [
      ...[rolloutId, by, outcome, score, text, tokens],
    ]),
    [
      [1, 'asking', 'judged', 1, 'answer 1', 1],
      [2, 'asking', 'failed', null, 'answer 2', 2],
    ],
  );
  await judge();
  assert.equal(client.calls, 2);
  assert.deepEqual(found(), rows);
});

test('a judge that asks a model fails the run for good where no client is configured', async (t) => {
  const rewards = [{ name: 'rubric', weight: 1, options: { judge: 'asking' } }];
  await assert.rejects(openRound(t, { rewards }).judge() as Promise<unknown>, {
    ...{ type: 'JudgeClientMissingError', nonRetryable: true },
    message: /judge 'asking' asks a model/,
  });
});
