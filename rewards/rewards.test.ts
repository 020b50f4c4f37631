import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Outcome, Verdict } from '../tasks/verdict.ts';
import { combineRewards } from './combine-rewards.ts';
import { openReward, rewardNames, UnknownRewardError } from './index.ts';
import type { RewardInput } from './reward-component.ts';
import { rewardDraw } from './reward-draw.ts';
import { rubricScore } from './rubric.ts';

const verdictOf = (outcome: Outcome, extractedAnswer: string | null = null): Verdict => ({
  outcome,
  extractedAnswer,
});

const input = (change: Partial<RewardInput> = {}): RewardInput => ({
  problem: { key: '1+1=', prompt: '1+1=', answer: '10' },
  completion: '#10',
  format: 'direct',
  tokenCount: 4,
  maxTokens: 20,
  isTruncated: false,
  verdict: verdictOf('correct', '10'),
  rubric: null,
  group: [],
  draw: 0.25,
  ...change,
});

const OUTCOMES: readonly Outcome[] = ['correct', 'incorrect', 'malformed', 'unverifiable'];

for (const name of rewardNames) {
  test(`${name}: its value is finite or null, repeats itself and leaves its input alone`, () => {
    const reward = openReward(name);
    for (const outcome of OUTCOMES) {
      for (const extractedAnswer of ['10', 'ten', null]) {
        for (const tokenCount of [0, 1, 16, 17, 20, 21]) {
          const verdict = verdictOf(outcome, extractedAnswer);
          const rollout = input({ verdict, tokenCount, group: [{ verdict }] });
          const before = structuredClone(rollout);
          const value = reward.score(rollout);
          assert.ok(value === null || (Number.isFinite(value) && Math.abs(value) <= 1), `${value}`);
          assert.equal(reward.score(rollout), value);
          assert.deepEqual(rollout, before);
        }
      }
    }
  });

  test(`${name}: an unknown option is refused`, () => {
    assert.throws(() => openReward(name, { noSuchOption: 1 }), /noSuchOption/);
  });
}

/** name, options, change of input, expected value */
const worked: readonly [string, object, Partial<RewardInput>, number | null][] = [
  ['verifier', {}, {}, 1],
  ['verifier', {}, { verdict: verdictOf('incorrect', '11') }, 0],
  ['verifier', {}, { verdict: verdictOf('malformed') }, 0],
  ['verifier', {}, { verdict: verdictOf('unverifiable') }, null],
  ['incorrect', {}, {}, 0],
  ['incorrect', {}, { verdict: verdictOf('incorrect', '11') }, 1],
  ['incorrect', {}, { verdict: verdictOf('malformed') }, 0],
  ['incorrect', { rewardsMalformed: true }, { verdict: verdictOf('malformed') }, 1],
  ['incorrect', {}, { verdict: verdictOf('unverifiable') }, null],
  ['format', {}, { verdict: verdictOf('incorrect', '11') }, 1],
  ['format', {}, { verdict: verdictOf('malformed') }, 0],
  ['format', {}, { verdict: verdictOf('unverifiable', '11') }, 1],
  ['format', {}, { verdict: verdictOf('unverifiable') }, null],
  ['format', { format: 'scratchpad' }, {}, 0],
  ['format', { format: 'scratchpad' }, { format: 'scratchpad' }, 1],
  ['format', { format: 'scratchpad' }, { format: 'scratchpad', isTruncated: true }, 0],
  ['random', {}, { draw: 0.49 }, 1],
  ['random', {}, { draw: 0.5 }, 0],
  ['random', { probability: 0 }, { draw: 0 }, 0],
  ['random', { probability: 1 }, { draw: 0.999 }, 1],
  // The paper's limits: M = 20480, C = 4096.
  ['length', {}, { tokenCount: 16384, maxTokens: 20480 }, 0],
  ['length', {}, { tokenCount: 18432, maxTokens: 20480 }, -0.5],
  ['length', {}, { tokenCount: 20480, maxTokens: 20480 }, -1],
  ['length', {}, { tokenCount: 30000, maxTokens: 20480 }, -1],
  ['length', { bufferShare: 0.5 }, { tokenCount: 15, maxTokens: 20 }, -0.5],
  ['graded', {}, {}, 1],
  // |9 − 10| = 1: 1 − 0.5 − 0.5 · 1 / (10 + 1e-6)
  ['graded', {}, { verdict: verdictOf('incorrect', '9') }, 0.5 - 0.5 / (10 + 1e-6)],
  ['graded', { isInverted: true }, {}, 0],
  ['graded', {}, { verdict: verdictOf('incorrect', '99') }, 0],
  ['graded', {}, { verdict: verdictOf('malformed') }, 0],
  ['graded', {}, { verdict: verdictOf('unverifiable', '10') }, null],
  ['graded', {}, { problem: { key: 'k', prompt: 'p', answer: 'yes' } }, null],
  ['rubric', {}, {}, null],
];

for (const [name, options, change, expected] of worked) {
  test(`${name} ${JSON.stringify(options)} of ${JSON.stringify(change)} is ${expected}`, () => {
    const value = openReward(name, options).score(input(change));
    if (expected === null || value === null) assert.equal(value, expected);
    else assert.ok(Math.abs(value - expected) < 1e-12, `${value}`);
  });
}

test('majority agrees with the most frequent answer, first seen on a tie, and asks for a wrong one where told', () => {
  const right = verdictOf('correct', '10');
  const wrong = verdictOf('incorrect', '11');
  const silent = verdictOf('malformed');
  const score = (verdict: Verdict, verdicts: Verdict[], options = {}) =>
    openReward('majority', options).score(
      input({ verdict, group: verdicts.map((each) => ({ verdict: each })) }),
    );
  assert.equal(score(wrong, [right, wrong, wrong, silent, silent, silent]), 1);
  assert.equal(score(right, [right, wrong, wrong]), 0);
  assert.equal(score(right, [right, wrong]), 1);
  assert.equal(score(silent, [right, silent, silent]), 0);
  assert.equal(score(silent, [silent, silent]), null);
  assert.equal(score(wrong, [wrong, wrong, right], { onlyWrong: true }), 1);
  assert.equal(score(wrong, [wrong, right, right], { onlyWrong: true }), null);
});

test('a rubric score is the weighted share of applicable criteria, null when none applies', () => {
  const judged = [
    { criterion: 'shows-steps', outcome: 'met', weight: 3 },
    { criterion: 'steps-correct', outcome: 'unmet', weight: 1 },
    { criterion: 'ends-properly', outcome: 'not-applicable', weight: 5 },
  ] as const;
  assert.equal(rubricScore(judged), 0.75);
  assert.equal(rubricScore(judged.slice(2)), null);
  assert.equal(openReward('rubric').score(input({ rubric: judged })), 0.75);
  assert.equal(openReward('rubric', { weights: { 'shows-steps': 1 } }).score(input({ rubric: judged })), 0.5);
  assert.equal(openReward('rubric', { weights: { 'steps-correct': 0 } }).score(input({ rubric: judged })), 1);
});

test('combining weighs the parts, and a part that could not be determined leaves no reward', () => {
  const parts = [
    { name: 'verifier', weight: 1, value: 1 },
    { name: 'length', weight: 0.5, value: -0.5 },
  ];
  assert.deepEqual(combineRewards(parts), { reward: 0.75, components: parts });
  assert.equal(combineRewards([...parts, { name: 'rubric', weight: 0.1, value: null }]).reward, null);
  assert.equal(combineRewards([...parts, { name: 'rubric', weight: 0, value: null }]).reward, 0.75);
});

test('the draw of a rollout depends on seed, step, problem and sample only', () => {
  const at = { step: 3, problem: 1, sample: 2 };
  assert.equal(rewardDraw(0, at), rewardDraw(0, { ...at }));
  const others = [
    rewardDraw(1, at),
    ...(['step', 'problem', 'sample'] as const).map((name) => rewardDraw(0, { ...at, [name]: 7 })),
  ];
  assert.equal(new Set([rewardDraw(0, at), ...others]).size, 5);
});

test('an unknown component is refused', () => {
  assert.throws(() => openReward('vibes'), UnknownRewardError);
});
