import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import type { Outcome, Verdict } from '../../tasks/verdict.ts';
import { combineRewards } from './combine-rewards.ts';
import { openReward, rewardNames, rewardNeeds } from './index.ts';
import { UnknownPartError } from '../../config/part-index.ts';
import { measureAnswerConfidence } from './answer-confidence.ts';
import { bindReward, type GroupMember, type RewardInput } from './reward.ts';
import { orderDraw, rewardDraw } from './reward-draw.ts';
import { rubricScore } from './rubric.ts';

const verdictOf = (outcome: Outcome, extractedAnswer: string | null = null): Verdict => ({
  outcome,
  extractedAnswer,
});

const memberOf = (verdict: Verdict, change: Partial<GroupMember> = {}): GroupMember => ({
  verdict,
  confidence: null,
  order: 0,
  ...change,
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
  confidence: null,
  statedConfidence: null,
  pool: null,
  group: [memberOf(verdictOf('correct', '10'))],
  position: 0,
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
          const rollout = input({ verdict, tokenCount, group: [memberOf(verdict)] });
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
  [
    'graded',
    {},
    {
      problem: { key: 'k', prompt: 'p', answer: '123456789012345678902' },
      verdict: verdictOf('incorrect', '123456789012345678901'),
    },
    0.5,
  ],
  ['graded', { isInverted: true }, {}, 0],
  ['graded', {}, { verdict: verdictOf('incorrect', '99') }, 0],
  ['graded', {}, { verdict: verdictOf('malformed') }, 0],
  ['graded', {}, { verdict: verdictOf('unverifiable', '10') }, null],
  ['graded', {}, { problem: { key: 'k', prompt: 'p', answer: 'yes' } }, null],
  ['rubric', {}, {}, null],
  ['marker', {}, {}, 0],
  ['marker', {}, { completion: '[55;52', isTruncated: true, verdict: verdictOf('malformed') }, 1],
  ['marker', { text: '~' }, { completion: '#10~7' }, 1],
  ['marker', { text: null, format: 'scratchpad' }, { completion: '[55', format: 'other' }, 0],
  ['marker', { text: null, format: 'scratchpad' }, { format: 'scratchpad' }, 1],
  ['compound', {}, {}, 1],
  ['compound', {}, { completion: '[10]#10' }, 0],
  ['compound', {}, { verdict: verdictOf('incorrect', '11') }, 0],
  ['compound', {}, { completion: '[10]#10', verdict: verdictOf('unverifiable') }, null],
  ['compound', { component: 'random', options: { probability: 1 } }, {}, 1],
  ['compound', { component: 'format', text: null, format: 'direct' }, {}, 0],
  // R = c − (q − c)²
  ['brier', {}, { statedConfidence: 1 }, 1],
  ['brier', {}, { statedConfidence: 0.5 }, 0.75],
  ['brier', {}, { statedConfidence: 0.5, verdict: verdictOf('incorrect', '11') }, -0.25],
  ['brier', {}, { statedConfidence: 1, verdict: verdictOf('incorrect', '11') }, -1],
  ['brier', {}, { statedConfidence: 0, verdict: verdictOf('incorrect', '11') }, 0],
  ['brier', {}, {}, 0],
  ['brier', {}, { statedConfidence: 1, verdict: verdictOf('malformed') }, 0],
  ['brier', {}, { statedConfidence: 1, verdict: verdictOf('unverifiable', '10') }, null],
  ['brier', { includesOutcome: false }, { statedConfidence: 0.5 }, 0.75],
  [
    'brier',
    { includesOutcome: false },
    { statedConfidence: 0.5, verdict: verdictOf('incorrect', '11') },
    0.75,
  ],
  // ½ · this is the authors' ½ format + ½ accuracy + ½ Brier score: 1.5 at best, 0.5 when wrong and certain.
  ['brier', { formatCredit: 2 }, { statedConfidence: 1 }, 3],
  ['brier', { formatCredit: 2 }, { statedConfidence: 1, verdict: verdictOf('incorrect', '11') }, 1],
  ['brier', { formatCredit: 2 }, {}, 0],
  // At ε = 0.05 the penalty is −ln P / −ln 0.05.
  ['log-score', {}, { statedConfidence: 0.5 }, 1 - Math.log(0.5) / Math.log(0.05)],
  ['log-score', {}, { statedConfidence: 0, verdict: verdictOf('correct', '10') }, 0],
  ['log-score', {}, { statedConfidence: 1, verdict: verdictOf('incorrect', '11') }, -1],
  ['log-score', {}, { statedConfidence: 1 }, 1 - Math.log(0.95) / Math.log(0.05)],
  ['log-score', { includesOutcome: false, clamp: 0.1 }, { statedConfidence: 0.1 }, 0],
  ['log-score', { formatCredit: 2 }, {}, 0],
];

for (const [name, options, change, expected] of worked) {
  test(`${name} ${JSON.stringify(options)} of ${JSON.stringify(change)} is ${expected}`, () => {
    const value = openReward(name, options).score(input(change));
    if (expected === null || value === null) assert.equal(value, expected);
    else assert.ok(Math.abs(value - expected) < 1e-12, `${value}`);
  });
}

test('majority agrees with the most frequent answer, the first in order on a tie, and asks for a wrong one where told', () => {
  const right = verdictOf('correct', '10');
  const wrong = verdictOf('incorrect', '11');
  const silent = verdictOf('malformed');
  const score = (verdict: Verdict, verdicts: Verdict[], options = {}) =>
    openReward('majority', options).score(input({ verdict, group: verdicts.map((each) => memberOf(each)) }));
  assert.equal(score(wrong, [right, wrong, wrong, silent, silent, silent]), 1);
  assert.equal(score(right, [right, wrong, wrong]), 0);
  assert.equal(score(right, [right, wrong]), 1);
  assert.equal(score(silent, [right, silent, silent]), 0);
  assert.equal(score(silent, [silent, silent]), null);
  assert.equal(score(wrong, [wrong, wrong, right], { onlyWrong: true }), 1);
  assert.equal(score(wrong, [wrong, right, right], { onlyWrong: true }), null);
});

test('the majority of the base is the most frequent answer of its samples, of equals the one that sorts first', () => {
  const of = (answers: Record<string, number>, change: Partial<RewardInput> = {}, options = {}) =>
    openReward('majority', { of: 'base', ...options }).score(input({ pool: { answers }, ...change }));
  const wrong = { verdict: verdictOf('incorrect', '11') };
  assert.equal(of({ '10': 40, '11': 20, '': 4 }), 1);
  assert.equal(of({ '10': 1, '': 63 }), 1);
  assert.equal(of({ '10': 20, '11': 40 }), 0);
  assert.equal(of({ '11': 32, '10': 32 }), 1);
  assert.equal(of({ '': 64 }), null);
  assert.equal(of({ '11': 40, '10': 20 }, wrong, { onlyWrong: true }), 1);
  assert.equal(of({ '11': 20, '10': 40 }, wrong, { onlyWrong: true }), null);
  assert.equal(of({ '12': 40 }, wrong, { onlyWrong: true }), 0);
  assert.deepEqual([...rewardNeeds([{ component: 'majority', options: { of: 'base' } }])], ['pool']);
});

test('asking for what was not recorded is an error that says how to mend it', () => {
  const base = openReward('majority', { of: 'base' });
  assert.throws(() => base.score(input()), { name: 'MissingSignalError', message: /training\.pool/ });
  const confidence = { disparity: null, meanProbability: 0.5 };
  const group = [memberOf(verdictOf('correct', '10'), { confidence })];
  assert.throws(() => openReward('confidence').score(input({ confidence, group })), {
    name: 'MissingSignalError',
    message: /sample again/,
  });
});

test('compound needs what its component needs, opens it with its options and never itself', () => {
  const options = { component: 'majority', options: { of: 'base' } };
  assert.deepEqual([...rewardNeeds([{ component: 'compound', options }])], ['pool']);
  assert.deepEqual(openReward('compound').needs, []);
  assert.throws(() => openReward('compound', { component: 'compound' }), /compound/);
  assert.throws(() => openReward('compound', { component: 'vibes' }), UnknownPartError);
  assert.throws(() => openReward('compound', { text: null }), /names no marker/);
});

test('answer confidence is the mean over the span: of disparities, and of the probabilities of the tokens drawn', () => {
  const tokens = {
    logprobs: Float32Array.from([-9, Math.log(0.5), Math.log(0.25), -9]),
    disparities: Float32Array.from([0, 0.75, 0.25, 1]),
  };
  const found = measureAnswerConfidence({ from: 1, to: 3 }, tokens);
  assert.equal(found.disparity, 0.5);
  assert.ok(Math.abs(found.meanProbability - 0.375) < 1e-7);
  const unrecorded = measureAnswerConfidence({ from: 1, to: 3 }, { ...tokens, disparities: null });
  assert.equal(unrecorded.disparity, null);
  for (const [from, to] of [
    [2, 2],
    [3, 5],
    [-1, 1],
  ] as const)
    // prettier-ignore
    assert.throws(() => measureAnswerConfidence({ from, to }, tokens), RangeError);
});

test('confidence is rewarded as it is, as rank in the group, or as that of another rollout', () => {
  const verdict = verdictOf('correct', '10');
  const values = [0.5, 0.9, null, 0.5];
  const group = values.map((value, at) =>
    memberOf(verdict, {
      confidence: value === null ? null : { disparity: value, meanProbability: value / 2 },
      order: [0.3, 0.1, 0.2, 0.9][at]!,
    }),
  );
  const scores = (options: object) =>
    group.map((member, position) =>
      openReward('confidence', options).score(input({ group, position, confidence: member.confidence })),
    );
  assert.deepEqual(scores({}), [0.5, 0.9, 0, 0.5]);
  assert.deepEqual(scores({ kind: 'mean-probability' }), [0.25, 0.45, 0, 0.25]);
  // 0.5 beats one of three and ties with one.
  assert.deepEqual(scores({ form: 'rank' }), [0.5, 1, 0, 0.5]);
  // By their draws the circle is 1 → 2 → 0 → 3 → 1.
  assert.deepEqual(scores({ isShuffled: true }), [0.5, 0, 0.5, 0.9]);
  assert.deepEqual(scores({ form: 'rank', isShuffled: true }), [0.5, 0, 0.5, 1]);
  assert.deepEqual(openReward('confidence').needs, ['disparity']);
  assert.deepEqual(openReward('confidence', { kind: 'mean-probability' }).needs, []);
});

test('both scoring rules pay most for the true chance of being right, among the ten that a digit can state', () => {
  const digits = Array.from({ length: 10 }, (_, digit) => digit / 9);
  for (const name of ['brier', 'log-score']) {
    const score = (statedConfidence: number, outcome: Outcome): number =>
      openReward(name).score(input({ statedConfidence, verdict: verdictOf(outcome, '10') }))!;
    for (const chance of digits.slice(1, -1)) {
      const expected = digits.map((q) => chance * score(q, 'correct') + (1 - chance) * score(q, 'incorrect'));
      assert.equal(digits[expected.indexOf(Math.max(...expected))], chance, `${name} at ${chance}`);
    }
  }
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

test('a component that gives no finite number is refused by name, problem and rollout', () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const broken = { name: 'broken', optionsSchema: z.strictObject({}), score: () => value };
    const group = Array.from({ length: 3 }, () => memberOf(verdictOf('correct', '10')));
    assert.throws(() => bindReward(broken, {}).score(input({ group, position: 2 })), {
      name: 'NonFiniteRewardError',
      message: new RegExp(
        `^reward 'broken' gave ${value} to rollout 2 of 3 of problem '1\\+1=', .*answer "10" is correct`,
      ),
    });
  }
});

test('parts that do not add up to a finite reward are refused by name and weight', () => {
  const verifier = { name: 'verifier', weight: 1, value: 1 };
  assert.throws(() => combineRewards([verifier, { name: 'rubric', weight: 0.5, value: NaN }]), {
    name: 'NonFiniteRewardError',
    message: /1 · 1 \(verifier\) \+ 0\.5 · NaN \(rubric\) is NaN/,
  });
  assert.throws(() => combineRewards([verifier, { name: 'length', weight: 1e308, value: 10 }]), {
    name: 'NonFiniteRewardError',
    message: /1e\+308 · 10 \(length\) is Infinity/,
  });
});

test('the draw of a rollout depends on seed, step, problem and sample only', () => {
  const at = { step: 3, problem: 1, sample: 2 };
  assert.equal(rewardDraw(0, at), rewardDraw(0, { ...at }));
  const others = [
    rewardDraw(1, at),
    ...(['step', 'problem', 'sample'] as const).map((name) => rewardDraw(0, { ...at, [name]: 7 })),
  ];
  assert.equal(new Set([rewardDraw(0, at), ...others]).size, 5);
  assert.notEqual(orderDraw(0, at), rewardDraw(0, at));
});

test('an unknown component is refused', () => {
  assert.throws(() => openReward('vibes'), UnknownPartError);
});
