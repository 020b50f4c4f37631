import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainingSchema } from '../../config/training.ts';
import { assertClose } from '../../tests/support/golden-cases.ts';
import { compare } from './compare.fixture.ts';
import { measureSpread } from './comparison.ts';
import { passAtK } from './pass-at-k.ts';

type Rewards = readonly (number | null)[];

/** Compared by pairs, as far as the options do not tell otherwise. */
function compareSets(rewards: Rewards, groups: Int32Array | number, options: object = {}): Float32Array {
  return compare(['pass-at-k', { k: 2, ...options }], rewards, groups);
}

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
  assertClose(compareSets([1, 0, 0, 0], 4), [1, -1 / 3, -1 / 3, -1 / 3], CLOSE);
  const unscaled = compareSets([1, 0, 0, 0], 4, { scale: 'none' });
  assertClose(unscaled, [1 / 2, -1 / 6, -1 / 6, -1 / 6], CLOSE);
});

test('the closed form equals the enumeration of all subsets, for every count of correct rollouts and every k', () => {
  const size = 6;
  for (let correct = 0; correct <= size; correct += 1) {
    const rewards = Array.from({ length: size }, (_, i) => Number(i < correct));
    for (let k = 1; k <= size; k += 1) {
      const got = compareSets(rewards, size, { k });
      assertClose(got, enumerate(rewards, k), { ...CLOSE, what: `${correct} correct, k ${k}` });
    }
  }
});

test('k = 1 is GRPO with the deviation of the population', () => {
  const rewards = [1, 0, 0, 1, 1, 0, 0, 0];
  const deviation = Math.sqrt((3 / 8) * (5 / 8));
  const want = rewards.map((reward) => (reward - 3 / 8) / (deviation + 1e-6));
  assertClose(compareSets(rewards, 8, { k: 1 }), want, CLOSE);
});

test('nothing is learned where no set or every set holds a right answer, or where fewer than k were scored', () => {
  for (const rewards of [
    [0, 0, 0, 0],
    [1, 1, 1, 0],
    [1, 1, 1, 1],
    [1, null, null, null],
  ])
    // prettier-ignore
    assert.deepEqual([...compareSets(rewards, 4)], [0, 0, 0, 0]);
});

test('a null stands outside the sets and gets 0', () => {
  const alone = compareSets([1, 0, 0], 3);
  assert.deepEqual([...compareSets([1, null, 0, 0], 4)], [alone[0], 0, alone[1], alone[2]]);
});

test('pass@k compares the sets within groups of unequal size', () => {
  const got = compareSets([1, 1, 0, 0, 0, 0, 0], Int32Array.of(0, 1, 0, 1, 1, 0, 0));
  const [four, three] = [compareSets([1, 0, 0, 0], 4), compareSets([1, 0, 0], 3)];
  assert.deepEqual([...got], [four[0], three[0], four[1], three[1], three[2], four[2], four[3]]);
});

test('partial credit, and a baseline or scale of another kind, are refused', () => {
  assert.throws(() => compareSets([1, 0.5, 0, 0], 4), { name: 'UncountableOutcomeError' });
  for (const options of [{ scale: 'batch' }, { baseline: 'none' }]) {
    assert.throws(() => compareSets([1, 0], 2, options), { name: 'ZodError' });
  }
});

test('a k beyond the group and rewards that are no single 0 or 1 are faults of the condition', () => {
  const training = trainingSchema.parse({ groupSize: 4 });
  const faultOf = (k: number, weight: number): string | null =>
    passAtK.findFault!(
      { k, scale: 'group' },
      { training, rewards: [{ name: 'verifier', weight }], judges: [], forks: false },
    );
  assert.equal(faultOf(5, 1), 'k: found 5, expected at most training.groupSize = 4');
  assert.match(faultOf(4, 0.5)!, /needs one reward of 0 or 1 with weight 1; found 0\.5 · verifier/);
  assert.equal(faultOf(4, 1), null);
});
