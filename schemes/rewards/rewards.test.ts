import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Need } from '../../config/part.ts';
import type { Outcome, Verdict } from '../../tasks/verdict.ts';
import { listSettings, varyOptions, type OptionTable } from '../part-options.fixture.ts';
import { needJudge } from '../judges/judge.ts';
import { rewards } from './index.ts';
import { deadlineOf, scoreReward, type GroupMember, type RewardInput } from './reward.ts';
import { input, judgementOf, memberOf, verdictOf } from './reward-input.fixture.ts';

const table: OptionTable = {
  'format.format': { values: ['scratchpad'] },
  'marker.text': { values: ['#', null], under: { format: 'scratchpad' } },
  'marker.format': { values: ['scratchpad'] },
  'compound.reward': { values: ['format'] },
  'compound.options': { values: [{ rewardsMalformed: true }], under: { reward: 'incorrect' } },
  'compound.text': { values: ['#', null], under: { format: 'scratchpad' } },
  'compound.format': { values: ['scratchpad'] },
  'permuted.reward': { values: ['confidence'] },
  'permuted.options': { values: [{ kind: 'mean-probability' }], under: { reward: 'confidence' } },
  'random.probability': { values: [0.1, 1] },
  'brier.formatCredit': { values: [2] },
  'log-score.formatCredit': { values: [2] },
  'log-score.clamp': { values: [0.1] },
  'length.bufferShare': { values: [0.5] },
  'rubric.judge': { values: ['other'] },
  'rubric.weights': { values: [{ 'shows-steps': 3 }, { 'shows-steps': 0 }] },
};

const judgements = {
  checks: [
    judgementOf('shows-steps', 1),
    judgementOf('steps-correct', 0),
    judgementOf('ends-properly', 'not-applicable'),
  ],
  other: [judgementOf('shows-steps', 0.25)],
};

/** The others of the group are right; the base was mostly wrong. */
function createRollout(verdict: Verdict, change: Partial<GroupMember>): RewardInput {
  const shared = { judgements, referenceGap: 0.5, pool: { answers: { '10': 20, '11': 40 } } };
  const companions = [0.9, 0.1].map((disparity, at) =>
    memberOf(verdictOf('correct', '10'), {
      ...{ ...shared, confidence: { disparity, meanProbability: 0.7 }, order: at },
    }),
  );
  const confidence = { disparity: 0.6, meanProbability: 0.4 };
  const own = memberOf(verdict, { ...shared, confidence, order: 0.5, ...change });
  return input({ ...own, group: [own, ...companions] });
}

const verdicts = (['correct', 'incorrect', 'malformed', 'unverifiable'] as const).flatMap((outcome) =>
  ['10', '11', 'ten', null].map((answer) => verdictOf(outcome, answer)),
);
const changes: readonly Partial<GroupMember>[] = [
  ...[0, 1, 16, 17, 20, 21].map((tokenCount) => ({ tokenCount })),
  ...[0, 0.02, 0.5, 1].map((statedConfidence) => ({ statedConfidence })),
  ...[0, 0.25, 0.75].map((draw) => ({ draw })),
  { completion: '[55;52]#10', format: 'scratchpad' },
  { completion: '[55', format: 'other', isTruncated: true },
  { format: 'scratchpad' },
];
const rollouts = verdicts.flatMap((verdict) => changes.map((change) => createRollout(verdict, change)));

/** The rollout and its group, each changed in the same way. */
function changeAll(rollout: RewardInput, change: (one: GroupMember) => Partial<GroupMember>): RewardInput {
  return {
    ...rollout,
    ...change(rollout),
    group: rollout.group.map((member) => ({ ...member, ...change(member) })),
  };
}

/** The same rollout with right and wrong exchanged. */
function relabel(rollout: RewardInput): RewardInput {
  const exchanged: Partial<Record<Outcome, Outcome>> = { correct: 'incorrect', incorrect: 'correct' };
  return changeAll(rollout, ({ problem, verdict }) => ({
    problem: { ...problem, answer: '11' },
    verdict: { ...verdict, outcome: exchanged[verdict.outcome] ?? verdict.outcome },
  }));
}

/** The rollout as it is seen where nothing but `needs` is gathered. */
function deprive(rollout: RewardInput, needs: readonly Need[]): RewardInput {
  const keep = <Value>(need: Need, value: Value): Value | null => (needs.includes(need) ? value : null);
  const blur = (confidence: GroupMember['confidence']): GroupMember['confidence'] =>
    confidence === null ? null : { ...confidence, disparity: keep('disparities', confidence.disparity) };
  return changeAll(rollout, (one) => ({
    confidence: blur(one.confidence),
    judgements: Object.fromEntries(
      Object.entries(one.judgements).filter(([judge]) => needs.includes(needJudge(judge))),
    ),
    statedConfidence: keep('statedConfidence', one.statedConfidence),
    referenceGap: keep('referenceLogprobs', one.referenceGap),
    pool: keep('pool', one.pool),
  }));
}

// What is asked is no function of the rollout alone: activities/asking/ has its tests.
for (const part of rewards.parts.filter(
  (each) =>
    deadlineOf({ options: each.optionsSchema.parse({}) as object as Record<string, unknown> }) === null,
)) {
  const opened = listSettings(part, table).map((options) => ({
    part,
    options: options as Readonly<Record<string, unknown>>,
  }));

  test(`${part.name}: its value is finite or null, repeats itself and leaves its input alone`, () => {
    for (const reward of opened) {
      for (const rollout of rollouts) {
        const before = structuredClone(rollout);
        const value = scoreReward(reward, rollout);
        assert.equal(scoreReward(reward, rollout), value);
        assert.deepEqual(rollout, before);
      }
    }
  });

  test(`${part.name}: by its defaults its value is within −1 and 1`, () => {
    const values = rollouts.map((rollout) => scoreReward(opened[0]!, rollout));
    assert.ok(values.every((value) => value === null || Math.abs(value) <= 1));
  });

  test(`${part.name}: it says that it sees labels exactly when they change its value`, () => {
    for (const reward of opened) {
      const doLabelsMatter = rollouts.some(
        (rollout) => scoreReward(reward, rollout) !== scoreReward(reward, relabel(rollout)),
      );
      const sight = part.sees?.(reward.options) ?? 'nothing';
      assert.equal(sight, doLabelsMatter ? 'labels' : 'nothing', JSON.stringify(reward.options));
    }
  });

  test(`${part.name}: it reads nothing but what it says it needs`, () => {
    for (const reward of opened) {
      const needs = part.needs?.(reward.options) ?? [];
      for (const rollout of rollouts) {
        assert.equal(scoreReward(reward, deprive(rollout, needs)), scoreReward(reward, rollout));
      }
    }
  });

  test(`${part.name}: the order in which a judge's findings stand does not matter`, () => {
    const reverse = (rollout: RewardInput): RewardInput =>
      changeAll(rollout, ({ judgements: found }) => ({
        judgements: Object.fromEntries(
          Object.entries(found).map(([judge, ofJudge]) => [judge, ofJudge.toReversed()]),
        ),
      }));
    for (const reward of opened) {
      for (const rollout of rollouts)
        assert.equal(scoreReward(reward, reverse(rollout)), scoreReward(reward, rollout));
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes what some rollout is rewarded with`, () => {
      const outcomes = list().map((options) =>
        JSON.stringify(
          rollouts.map((rollout) =>
            scoreReward({ part, options: options as Readonly<Record<string, unknown>> }, rollout),
          ),
        ),
      );
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
