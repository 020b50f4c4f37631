import assert from 'node:assert/strict';
import { test } from 'node:test';
import { advantagesOf } from './group-advantages.fixture.ts';
import { assertClose } from './golden-cases.fixture.ts';
import { measureSpread } from './group-advantages.ts';

const options = {
  baseline: 'group-mean',
  scale: 'group',
  outcome: 'pass@k',
  k: 2,
  positiveWeight: 1,
  negativeWeight: 1,
} as const;
const CLOSE = { rtol: 1e-5, atol: 1e-6, what: 'advantage' };

/** All k-subsets of 0…n−1. */
function subsetsOf(n: number, k: number, from = 0): number[][] {
  if (k === 0) return [[]];
  return Array.from({ length: n - from }, (_, i) => from + i).flatMap((first) =>
    subsetsOf(n, k - 1, first + 1).map((rest) => [first, ...rest]),
  );
}

/** Full enumeration: rewards of all subsets by their best member, centred, scaled, averaged over the subsets of a rollout. */
function enumerate(rewards: readonly number[], k: number): number[] {
  const subsets = subsetsOf(rewards.length, k).map((members) => ({
    members,
    reward: Math.max(...members.map((member) => rewards[member]!)),
  }));
  const { mean } = measureSpread(subsets.map(({ reward }) => reward));
  const deviation = Math.sqrt(mean * (1 - mean)) + 1e-6;
  return rewards.map((_, rollout) => {
    const own = subsets.filter(({ members }) => members.includes(rollout));
    return own.reduce((sum, { reward }) => sum + (reward - mean) / deviation, 0) / own.length;
  });
}

test('one right of four, pairs: half of them hold it, so R̄ = 1/2, sd = 1/2; A = 1 and (1/2 − 2/3) / (1/2) = −1/3', () => {
  assertClose(advantagesOf([1, 0, 0, 0], 4, options), [1, -1 / 3, -1 / 3, -1 / 3], CLOSE);
  const unscaled = advantagesOf([1, 0, 0, 0], 4, { ...options, scale: 'none' });
  assertClose(unscaled, [1 / 2, -1 / 6, -1 / 6, -1 / 6], CLOSE);
});

test('the closed form equals the enumeration of all subsets, for every count of correct rollouts and every k', () => {
  const size = 6;
  for (let correct = 0; correct <= size; correct += 1) {
    const rewards = Array.from({ length: size }, (_, i) => Number(i < correct));
    for (let k = 1; k <= size; k += 1) {
      const got = advantagesOf(rewards, size, { ...options, k });
      assertClose(got, enumerate(rewards, k), { ...CLOSE, what: `${correct} correct, k ${k}` });
    }
  }
});

test('k = 1 is GRPO with the deviation of the population', () => {
  const rewards = [1, 0, 0, 1, 1, 0, 0, 0];
  const deviation = Math.sqrt((3 / 8) * (5 / 8));
  const want = rewards.map((reward) => (reward - 3 / 8) / (deviation + 1e-6));
  assertClose(advantagesOf(rewards, 8, { ...options, k: 1 }), want, CLOSE);
});

test('nothing is learned where no set or every set holds a right answer, or where fewer than k were scored', () => {
  for (const rewards of [
    [0, 0, 0, 0],
    [1, 1, 1, 0],
    [1, 1, 1, 1],
    [1, null, null, null],
  ])
    // prettier-ignore
    assert.deepEqual([...advantagesOf(rewards, 4, options)], [0, 0, 0, 0]);
});

test('a null stands outside the sets and gets 0', () => {
  const alone = advantagesOf([1, 0, 0], 3, options);
  assert.deepEqual([...advantagesOf([1, null, 0, 0], 4, options)], [alone[0], 0, alone[1], alone[2]]);
});

test('partial credit, a k beyond the group, and a baseline or scale of another kind are refused', () => {
  assert.throws(() => advantagesOf([1, 0.5, 0, 0], 4, options), { name: 'UncountableOutcomeError' });
  assert.throws(() => advantagesOf([1, 0], 2, { ...options, k: 3 }), /groupSize/);
  assert.throws(() => advantagesOf([1, 0], 2, { ...options, scale: 'batch' }), RangeError);
  assert.throws(() => advantagesOf([1, 0], 2, { ...options, baseline: 'none' }), RangeError);
});
