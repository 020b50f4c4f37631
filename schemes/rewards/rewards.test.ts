import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Need } from '../../config/part.ts';
import type { Outcome, Verdict } from '../../tasks/verdict.ts';
import { listSettings, varyOptions, type OptionTable } from '../part-options.fixture.ts';
import { needJudge } from '../judges/judge.ts';
import { rewards } from './index.ts';
import { scoreReward, type GroupMember, type RewardInput } from './reward.ts';
import { input, judgementOf, memberOf, verdictOf } from './reward-input.fixture.ts';

const table: OptionTable = {
  'format.format': { values: ['scratchpad'] },
  'marker.text': { values: ['#', null], under: { format: 'scratchpad' } },
  'marker.format': { values: ['scratchpad'] },
  'compound.reward': { values: ['format'] },
  'compound.options': { values: [{ rewardsMalformed: true }], under: { reward: 'incorrect' } },
  'compound.text': { values: ['#', null], under: { format: 'scratchpad' } },
  'compound.format': { values: ['scratchpad'] },
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
function createRollout(verdict: Verdict, change: Partial<RewardInput>): RewardInput {
  const companions = [0.9, 0.1].map((disparity, at) =>
    memberOf(verdictOf('correct', '10'), { confidence: { disparity, meanProbability: 0.7 }, order: at }),
  );
  const confidence = { disparity: 0.6, meanProbability: 0.4 };
  return input({
    verdict,
    confidence,
    group: [memberOf(verdict, { confidence, order: 0.5 }), ...companions],
    judgements,
    referenceGap: 0.5,
    pool: { answers: { '10': 20, '11': 40 } },
    ...change,
  });
}

const verdicts = (['correct', 'incorrect', 'malformed', 'unverifiable'] as const).flatMap((outcome) =>
  ['10', '11', 'ten', null].map((answer) => verdictOf(outcome, answer)),
);
const changes: readonly Partial<RewardInput>[] = [
  ...[0, 1, 16, 17, 20, 21].map((tokenCount) => ({ tokenCount })),
  ...[0, 0.02, 0.5, 1].map((statedConfidence) => ({ statedConfidence })),
  ...[0, 0.25, 0.75].map((draw) => ({ draw })),
  { completion: '[55;52]#10', format: 'scratchpad' },
  { completion: '[55', format: 'other', isTruncated: true },
  { format: 'scratchpad' },
];
const rollouts = verdicts.flatMap((verdict) => changes.map((change) => createRollout(verdict, change)));

/** The same rollout with right and wrong exchanged. */
function relabel({ problem, verdict, group, ...rest }: RewardInput): RewardInput {
  const exchanged: Partial<Record<Outcome, Outcome>> = { correct: 'incorrect', incorrect: 'correct' };
  const turn = (old: Verdict): Verdict => ({ ...old, outcome: exchanged[old.outcome] ?? old.outcome });
  return {
    ...rest,
    problem: { ...problem, answer: '11' },
    verdict: turn(verdict),
    group: group.map((member) => ({ ...member, verdict: turn(member.verdict) })),
  };
}

/** The rollout as it is seen where nothing but `needs` is gathered. */
function deprive(rollout: RewardInput, needs: readonly Need[]): RewardInput {
  const keep = <Value>(need: Need, value: Value): Value | null => (needs.includes(need) ? value : null);
  const blur = (confidence: GroupMember['confidence']): GroupMember['confidence'] =>
    confidence === null ? null : { ...confidence, disparity: keep('disparities', confidence.disparity) };
  return {
    ...rollout,
    confidence: blur(rollout.confidence),
    group: rollout.group.map((member) => ({ ...member, confidence: blur(member.confidence) })),
    judgements: Object.fromEntries(
      Object.entries(rollout.judgements).filter(([judge]) => needs.includes(needJudge(judge))),
    ),
    statedConfidence: keep('statedConfidence', rollout.statedConfidence),
    referenceGap: keep('referenceLogprobs', rollout.referenceGap),
    pool: keep('pool', rollout.pool),
  };
}

for (const part of rewards.parts) {
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
    const reverse = (rollout: RewardInput): RewardInput => {
      const turned = Object.entries(rollout.judgements).map(([judge, found]) => [judge, found.toReversed()]);
      return { ...rollout, judgements: Object.fromEntries(turned) as RewardInput['judgements'] };
    };
    for (const reward of opened) {
      for (const rollout of rollouts)
        assert.equal(scoreReward(reward, reverse(rollout)), scoreReward(reward, rollout));
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes what some rollout is rewarded with`, () => {
      const outcomes = list().map((options) =>
        JSON.stringify(rollouts.map((rollout) => part.score(rollout, options))),
      );
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
