import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advantagesOf } from './group-advantages.fixture.ts';
import { assertClose, readGoldenCases } from './golden-cases.fixture.ts';
import { computeAdvantages, NegativeOutcomeError } from './group-advantages.ts';
import { penalizeRewards, standardizeAdvantages } from './sequence-rewards.ts';

const plain = {
  baseline: 'group-mean',
  scale: 'none',
  outcome: 'reward',
  k: 1,
  positiveWeight: 1,
  negativeWeight: 1,
} as const;
const TOLERANCE = { rtol: 1e-5, atol: 2e-5 };

for (const golden of readGoldenCases('grpo-family')) {
  test(`${golden.name}: advantages equal TRL's`, () => {
    const { group_size, scale_rewards: scale } = golden.config;
    const got = advantagesOf(golden.rewards, group_size, { ...plain, scale });
    assertClose(got, golden.expected.advantages as number[], { ...TOLERANCE, what: 'advantage' });
  });
}

for (const golden of readGoldenCases('rloo')) {
  test(`${golden.name}: advantages equal TRL's`, () => {
    const { group_size, beta, normalize_advantages } = golden.config;
    const width = golden.completion_mask[0]!.length;
    const penalized = penalizeRewards({ width, tokenMask: golden.completion_mask.flat() }, golden.rewards, {
      beta,
      behaviorLogprobs: golden.behavior_logprobs!.flat(),
      referenceLogprobs: golden.reference_logprobs.flat(),
    });
    const raw = advantagesOf(penalized, group_size, { ...plain, baseline: 'leave-one-out' });
    const got = normalize_advantages ? standardizeAdvantages(raw) : raw;
    assertClose(got, golden.expected.advantages as number[], { ...TOLERANCE, what: 'advantage' });
  });
}

test('one right answer of four: 3/4 and −1/4 from the mean, 1 and −1/3 from the mean of the others', () => {
  assert.deepEqual([...advantagesOf([1, 0, 0, 0], 4, plain)], [0.75, -0.25, -0.25, -0.25]);
  const others = advantagesOf([1, 0, 0, 0], 4, { ...plain, baseline: 'leave-one-out' });
  assertClose(others, [1, -1 / 3, -1 / 3, -1 / 3], { rtol: 1e-6, atol: 0, what: 'advantage' });
});

test('the group deviation has ddof 1 and 1e-4 added: rewards 1, 0 give ±0.5 / (√0.5 + 1e-4)', () => {
  const want = 0.5 / (Math.SQRT1_2 + 1e-4);
  const got = advantagesOf([1, 0], 2, { ...plain, scale: 'group' });
  assertClose(got, [want, -want], { rtol: 1e-6, atol: 0, what: 'advantage' });
});

test('signed outcomes weigh right and wrong answers apart', () => {
  const signed = { ...plain, baseline: 'none', outcome: 'signed' } as const;
  assert.deepEqual([...advantagesOf([1, 0], 2, signed)], [1, -1]);
  const weighted = advantagesOf([1, 0], 2, { ...signed, positiveWeight: 0.1, negativeWeight: 2 });
  assert.deepEqual([...weighted], [Math.fround(0.1), -2]);
});

test('signed, partial credit counts by its size and only a reward of 0 counts as wrong', () => {
  const signed = { ...plain, baseline: 'none', outcome: 'signed', positiveWeight: 0.5 } as const;
  assert.deepEqual([...advantagesOf([1, 0.5, 0, null], 4, signed)], [0.5, 0.25, -1, 0]);
});

test('signed, a reward below 0 or not a number is refused', () => {
  const signed = { ...plain, outcome: 'signed' } as const;
  for (const reward of [-0.5, NaN]) {
    assert.throws(() => advantagesOf([1, reward], 2, signed), NegativeOutcomeError);
  }
});

test('rewards that are all equal give exactly 0, so that a uniform group takes no optimizer step', () => {
  for (const baseline of ['group-mean', 'leave-one-out'] as const) {
    for (const scale of ['group', 'batch', 'none'] as const) {
      for (let hundredth = -100; hundredth <= 100; hundredth += 1) {
        const rewards = new Array<number>(7).fill(hundredth / 100);
        const got = advantagesOf(rewards, 7, { ...plain, baseline, scale });
        assert.ok(
          got.every((advantage) => advantage === 0),
          `${baseline}, ${scale}, reward ${rewards[0]}`,
        );
      }
    }
  }
});

test('a null reward stands outside baseline and deviation and gets 0', () => {
  const got = advantagesOf([1, null, 0, 0], 4, { ...plain, scale: 'group' });
  const alone = advantagesOf([1, 0, 0], 3, { ...plain, scale: 'group' });
  assert.deepEqual([...got], [alone[0], 0, alone[1], alone[2]]);
  const scored = advantagesOf([1, 0], 2, { ...plain, scale: 'batch' });
  const batch = advantagesOf([null, null, 1, 0], 2, { ...plain, scale: 'batch' });
  assert.deepEqual([...batch], [0, 0, ...scored]);
});

test('a lone scored rollout and a uniform group get 0', () => {
  assert.deepEqual([...advantagesOf([1, null], 2, { ...plain, scale: 'group' })], [0, 0]);
  assert.deepEqual([...advantagesOf([1, null], 2, { ...plain, baseline: 'leave-one-out' })], [0, 0]);
  assert.deepEqual([...advantagesOf([1, 1, 0, 0], 2, { ...plain, scale: 'group' })], [0, 0, 0, 0]);
});

test('groups may be of any size and stand in any order: each rollout is compared with its own', () => {
  // Group 7 holds rewards 1, 0, 0 (mean 1/3), group 3 holds 1, 0 (mean 1/2), group 5 one rollout alone.
  const rewards = [1, 1, 0, 1, 0, 0];
  const groups = Int32Array.of(7, 3, 7, 5, 3, 7);
  const means = computeAdvantages(rewards, groups, plain);
  assertClose(means, [2 / 3, 1 / 2, -1 / 3, 0, -1 / 2, -1 / 3], { rtol: 1e-6, atol: 0, what: 'advantage' });
  const others = computeAdvantages(rewards, groups, { ...plain, baseline: 'leave-one-out' });
  assertClose(others, [1, 1, -1 / 2, 0, -1, -1 / 2], { rtol: 1e-6, atol: 0, what: 'advantage' });
  // The deviation of all six is √(1.5 / 5), of group 7 √(2/3 / 2), of group 3 √(1/2); one value has none.
  const scaled = computeAdvantages(rewards, groups, { ...plain, scale: 'group' });
  const [large, small] = [Math.sqrt(1 / 3) + 1e-4, Math.SQRT1_2 + 1e-4];
  const want = [2 / 3 / large, 0.5 / small, -1 / 3 / large, 0, -0.5 / small, -1 / 3 / large];
  assertClose(scaled, want, { rtol: 1e-6, atol: 0, what: 'advantage' });
  const batch = computeAdvantages(rewards, groups, { ...plain, scale: 'batch' });
  assert.ok(Math.abs(batch[1]! - 0.5 / (Math.sqrt(0.3) + 1e-4)) < 1e-6);
});

test('pass@k compares the sets within groups of unequal size', () => {
  const options = { ...plain, outcome: 'pass@k', k: 2, scale: 'group' } as const;
  const groups = Int32Array.of(0, 1, 0, 1, 1, 0, 0);
  const got = computeAdvantages([1, 1, 0, 0, 0, 0, 0], groups, options);
  const [four, three] = [advantagesOf([1, 0, 0, 0], 4, options), advantagesOf([1, 0, 0], 3, options)];
  assert.deepEqual([...got], [four[0], three[0], four[1], three[1], three[2], four[2], four[3]]);
});

test('another number of rewards than of rollouts is refused', () => {
  assert.throws(() => computeAdvantages([1, 0, 1], Int32Array.of(0, 0), plain), /3 rollouts .* found 2/);
});

test('a reward that is not finite is refused by place, and does not reach the advantages of its group', () => {
  for (const reward of [NaN, Infinity]) {
    assert.throws(() => advantagesOf([1, 0, 0, reward], 2, plain), {
      name: 'RangeError',
      message: new RegExp(`^the reward of rollout 3 of 4 is ${reward}`),
    });
  }
});
