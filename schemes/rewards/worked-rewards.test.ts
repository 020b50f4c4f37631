import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { UnknownPartError } from '../../config/part-index.ts';
import { defineScheme } from '../../config/scheme.ts';
import type { Outcome, Verdict } from '../../tasks/verdict.ts';
import { openScheme } from '../open-scheme.ts';
import { measureAnswerConfidence } from './answer-confidence.ts';
import { combineRewards } from './combine-rewards.ts';
import { rewards } from './index.ts';
import { scoreReward, type RewardInput } from './reward.ts';
import { orderDraw, rewardDraw } from './reward-draw.ts';
import { input, judgementOf, memberOf, verdictOf } from '../conformance/reward-input.ts';

function score(name: string, options: object, rollout: RewardInput): number | null {
  return scoreReward(rewards.open(name, options), rollout);
}

function needsOf(name: string, options: Readonly<Record<string, unknown>> = {}): readonly string[] {
  const reward = { name, options };
  return [...openScheme(defineScheme({ name, title: name, source: 'none', rewards: [reward] })).needs];
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
  // −Σ (logprob − reference logprob)
  ['reference-kl', {}, { referenceGap: 1.5 }, -1.5],
  ['reference-kl', {}, { referenceGap: -0.25, verdict: verdictOf('malformed') }, 0.25],
  ['reference-kl', {}, { referenceGap: 0 }, 0],
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
  ['compound', { reward: 'random', options: { probability: 1 } }, {}, 1],
  ['compound', { reward: 'format', text: null, format: 'direct' }, {}, 0],
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
    const value = score(name, options, input(change));
    if (expected === null || value === null) assert.equal(value, expected);
    else assert.ok(Math.abs(value - expected) < 1e-12, `${value}`);
  });
}

test('majority agrees with the most frequent answer, the first in order on a tie, and asks for a wrong one where told', () => {
  const right = verdictOf('correct', '10');
  const wrong = verdictOf('incorrect', '11');
  const silent = verdictOf('malformed');
  const of = (verdict: Verdict, verdicts: Verdict[], options = {}) =>
    score('majority', options, input({ verdict, group: verdicts.map((each) => memberOf(each)) }));
  assert.equal(of(wrong, [right, wrong, wrong, silent, silent, silent]), 1);
  assert.equal(of(right, [right, wrong, wrong]), 0);
  assert.equal(of(right, [right, wrong]), 1);
  assert.equal(of(silent, [right, silent, silent]), 0);
  assert.equal(of(silent, [silent, silent]), null);
  assert.equal(of(wrong, [wrong, wrong, right], { onlyWrong: true }), 1);
  assert.equal(of(wrong, [wrong, right, right], { onlyWrong: true }), null);
});

test('the majority of the base is the most frequent answer of its samples, of equals the one that sorts first', () => {
  const of = (answers: Record<string, number>, change: Partial<RewardInput> = {}, options = {}) =>
    score('majority', { of: 'base', ...options }, input({ pool: { answers }, ...change }));
  const wrong = { verdict: verdictOf('incorrect', '11') };
  assert.equal(of({ '10': 40, '11': 20, '': 4 }), 1);
  assert.equal(of({ '10': 1, '': 63 }), 1);
  assert.equal(of({ '10': 20, '11': 40 }), 0);
  assert.equal(of({ '11': 32, '10': 32 }), 1);
  assert.equal(of({ '': 64 }), null);
  assert.equal(of({ '11': 40, '10': 20 }, wrong, { onlyWrong: true }), 1);
  assert.equal(of({ '11': 20, '10': 40 }, wrong, { onlyWrong: true }), null);
  assert.equal(of({ '12': 40 }, wrong, { onlyWrong: true }), 0);
  assert.deepEqual(needsOf('majority', { of: 'base' }), ['pool']);
});

test('asking for what was not recorded is an error that says how to mend it', () => {
  assert.throws(() => score('majority', { of: 'base' }, input()), {
    name: 'MissingSignalError',
    message: /training\.pool/,
  });
  const confidence = { disparity: null, meanProbability: 0.5 };
  const group = [memberOf(verdictOf('correct', '10'), { confidence })];
  const sampleAgain = { name: 'MissingSignalError', message: /sample again/ };
  assert.throws(() => score('confidence', {}, input({ confidence, group })), sampleAgain);
  assert.throws(() => score('reference-kl', {}, input()), sampleAgain);
});

test('compound needs what its reward needs, opens it with its options and never itself', () => {
  const options = { reward: 'majority', options: { of: 'base' } };
  assert.deepEqual(needsOf('compound', options), ['pool']);
  assert.deepEqual(needsOf('compound'), []);
  assert.throws(() => rewards.open('compound', { reward: 'compound' }), /compound/);
  assert.throws(() => rewards.open('compound', { reward: 'vibes' }), UnknownPartError);
  assert.throws(() => rewards.open('compound', { text: null }), /names no marker/);
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

test('confidence is rewarded as it is, or as rank in the group', () => {
  const verdict = verdictOf('correct', '10');
  const group = [0.5, 0.9, null, 0.5].map((value) =>
    memberOf(verdict, {
      confidence: value === null ? null : { disparity: value, meanProbability: value / 2 },
    }),
  );
  const scores = (options: object) =>
    group.map((member, position) => score('confidence', options, input({ ...member, group, position })));
  assert.deepEqual(scores({}), [0.5, 0.9, 0, 0.5]);
  assert.deepEqual(scores({ kind: 'mean-probability' }), [0.25, 0.45, 0, 0.25]);
  // 0.5 beats one of three and ties with one.
  assert.deepEqual(scores({ form: 'rank' }), [0.5, 1, 0, 0.5]);
  assert.deepEqual(needsOf('confidence'), ['disparities']);
  assert.deepEqual(needsOf('confidence', { kind: 'mean-probability' }), []);
});

test('both scoring rules pay most for the true chance of being right, among the ten that a digit can state', () => {
  const digits = Array.from({ length: 10 }, (_, digit) => digit / 9);
  for (const name of ['brier', 'log-score']) {
    const of = (statedConfidence: number, outcome: Outcome): number =>
      score(name, {}, input({ statedConfidence, verdict: verdictOf(outcome, '10') }))!;
    for (const chance of digits.slice(1, -1)) {
      const expected = digits.map((q) => chance * of(q, 'correct') + (1 - chance) * of(q, 'incorrect'));
      assert.equal(digits[expected.indexOf(Math.max(...expected))], chance, `${name} at ${chance}`);
    }
  }
});

test('a rubric is the weighted share of applicable criteria, null when none applies', () => {
  const checks = [
    judgementOf('shows-steps', 1, 3),
    judgementOf('steps-correct', 0, 1),
    judgementOf('ends-properly', 'not-applicable', 5),
  ];
  const judged = input({ judgements: { checks } });
  assert.equal(score('rubric', {}, judged), 0.75);
  assert.equal(score('rubric', { weights: { 'shows-steps': 1 } }, judged), 0.5);
  assert.equal(score('rubric', { weights: { 'steps-correct': 0 } }, judged), 1);
  assert.equal(score('rubric', {}, input({ judgements: { checks: checks.slice(2) } })), null);
  assert.equal(score('rubric', { judge: 'other' }, judged), null);
});

test('a rubric with something that could not be judged is null unless that weighs nothing', () => {
  for (const outcome of ['unparsable', 'truncated', 'failed', 'refused'] as const) {
    const judged = input({ judgements: { checks: [judgementOf('a', 1), judgementOf('b', outcome)] } });
    assert.equal(score('rubric', {}, judged), null);
    assert.equal(score('rubric', { weights: { b: 0 } }, judged), 1);
  }
});

test('several votes on an item count alike, and scores between met and unmet in part', () => {
  const checks = [judgementOf('a', 0.5), { ...judgementOf('a', 1), vote: 1 }, judgementOf('b', 0, 2)];
  assert.equal(score('rubric', {}, input({ judgements: { checks } })), 0.375);
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

test('a reward that gives no finite number is refused by name, problem and rollout', () => {
  for (const value of [NaN, Infinity, -Infinity]) {
    const part = { name: 'broken', description: 'B.', optionsSchema: z.strictObject({}), score: () => value };
    const group = Array.from({ length: 3 }, () => memberOf(verdictOf('correct', '10')));
    assert.throws(() => scoreReward({ part, options: {} }, input({ group, position: 2 })), {
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

test('an unknown reward is refused with the nearest name', () => {
  assert.throws(() => rewards.open('verifer'), { name: UnknownPartError.name, message: /"verifier"/ });
});
