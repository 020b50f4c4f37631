import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CancelledFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { z } from 'zod';
import { listJudgements, type JudgementRow } from '../../db/queries/judgements.ts';
import { listRollouts } from '../../db/queries/rollouts.ts';
import { createRolloutBatch } from '../../rollouts/rollout-batch.fixture.ts';
import { listStepMetrics } from '../../schemes/open-scheme.ts';
import { rewards } from '../../schemes/rewards/index.ts';
import { measureAnswers } from '../../schemes/rewards/measure-answers.ts';
import type { Score } from '../../schemes/rewards/reward.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { rewardGroups } from '../step/reward-groups.ts';
import { placeRollouts } from '../step/reward-input.ts';
import { openVerifiedRound } from '../step/verified-round.fixture.ts';
import { createAsk } from './ask.ts';
import { createProgramPool } from './program-pool.ts';

/** What the reward `tone` answers next, one after the other. */
let answers: (() => Promise<Score>)[] = [];
let calls = 0;
rewards.take(
  {
    name: 'tone',
    description: 'What somebody else says.',
    optionsSchema: z.strictObject({ deadlineMs: z.number().default(1000).describe('Deadline.') }),
    score: () => answers[calls++]!(),
  },
  'tone',
);

const says = (score: Score) => () => Promise.resolve(score);
const refuses = (): Promise<Score> => Promise.reject(new Error('503'));

/** Two rollouts of one prompt under verdict + ½ · tone, verified and not asked about. */
function openRound(t: TestContext, replies: typeof answers) {
  answers = replies;
  calls = 0;
  const { db, context, epoch } = openVerifiedRound(t, {
    rewards: [
      { name: 'verifier', weight: 1, options: {} },
      { name: 'tone', weight: 0.5, options: {} },
    ],
  });
  const rows = listRollouts(db, { runId: 'r1', phase: 'train', step: 0 });
  const batch = createRolloutBatch({
    ...{ count: rows.length, completionLength: 8 },
    completionLengths: Int32Array.from(rows, ({ tokenCount }) => tokenCount),
    groups: Int32Array.from(rows, ({ problemIndex }) => problemIndex),
    perToken: { logprobs: new Float32Array(16), entropies: new Float32Array(16) },
    perRollout: {},
  });
  const plan = { path: 'plan', sha256: 'a', bytes: 0 };
  const programs = createProgramPool();
  t.after(() => programs.close());
  const held = { find: () => ({ sha256: 'a', batch, rows }) };
  const plans = { readRun: () => Promise.resolve(context) };
  const ask = createAsk({ db, plans, held, programs } as unknown as StoreDependencies);
  return {
    context,
    ask: (environment = new MockActivityEnvironment()) =>
      environment.run(ask, { plan, epoch, step: 0, rounds: [plan] }),
    found: (): JudgementRow[] => [...listJudgements(db, [1, 2]).values()].flat(),
    rewardsOf: () =>
      rewardGroups(db, context, { scheme: context.scheme, rows: placeRollouts(batch, rows) }).flatMap(
        (group) => group.rewards.map(({ reward }) => reward),
      ),
  };
}

test('answers are stored before they are used, and nobody is asked twice', async (t) => {
  const round = openRound(t, [says(0.8), says(-0.2)]);
  assert.throws(() => round.rewardsOf(), { name: 'MissingSignalError' });
  await round.ask();
  assert.deepEqual(
    round.found().map(({ rolloutId, judge, outcome, score }) => [rolloutId, judge, outcome, score]),
    [
      [1, 'reward:tone', 'judged', 0.8],
      [2, 'reward:tone', 'judged', -0.2],
    ],
  );
  const [first, second] = round.rewardsOf();
  // The example's verdicts are alike, so the rewards differ by half the difference of what was answered.
  assert.ok(Math.abs(first! - second! - 0.5) < 1e-12);
  await round.ask();
  assert.equal(calls, 2);
});

test('an answer that does not come leaves its rollout without a reward, and is counted', async (t) => {
  const round = openRound(t, [says(0.8), refuses]);
  await round.ask();
  const found = round.found();
  assert.deepEqual(
    found.map(({ outcome, score, label, text }) => [outcome, score, label, text]),
    [
      ['judged', 0.8, null, null],
      ['failed', null, 'rejected', '503'],
    ],
  );
  assert.equal(round.rewardsOf()[1], null);
  assert.deepEqual(measureAnswers(found), { 'reward/failed': 0.5 });
  const metrics = listStepMetrics(round.context.scheme).map(({ name }) => name);
  assert.ok(metrics.includes('reward/failed'));
  await round.ask();
  assert.equal(calls, 2);
});

test('a round without a single score fails the run and stores nothing, so that it is asked again once mended', async (t) => {
  const round = openRound(t, [refuses, refuses, says(1), says(1)]);
  await assert.rejects(round.ask() as Promise<unknown>, {
    ...{ type: 'NoScoresError', nonRetryable: true },
    message: "reward 'tone' gave no score to any of 2 rollouts; the first: rejected: 503",
  });
  assert.deepEqual(round.found(), []);
  await round.ask();
  assert.equal(round.found().length, 2);
});

test('a cancelled activity ends as cancelled, and keeps no answer that did not come', async (t) => {
  const environment = new MockActivityEnvironment();
  const cancels = (): Promise<Score> => {
    environment.cancel();
    return new Promise(() => undefined);
  };
  const round = openRound(t, [says(1), cancels]);
  await assert.rejects(round.ask(environment) as Promise<unknown>, CancelledFailure);
  assert.ok(round.found().every(({ outcome }) => outcome === 'judged'));
});
