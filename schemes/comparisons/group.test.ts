import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainingSchema } from '../../config/training.ts';
import { assertClose, readGoldenCases } from '../../tests/support/golden-cases.ts';
import { compare } from './compare.fixture.ts';
import { group } from './group.ts';

type Rewards = readonly (number | null)[];

const EXACT = { rtol: 1e-6, atol: 0, what: 'advantage' };

/** Compared within groups, without a scale where the options name none. */
function compareWithin(rewards: Rewards, groups: Int32Array | number, options: object = {}): Float32Array {
  return compare(['group', { scale: 'none', ...options }], rewards, groups);
}

for (const golden of readGoldenCases('grpo-family')) {
  test(`${golden.name}: advantages equal TRL's`, () => {
    const { group_size: size, scale_rewards: scale } = golden.config;
    const got = compareWithin(golden.rewards, size, { scale });
    assertClose(got, golden.expected.advantages as number[], { rtol: 1e-5, atol: 2e-5, what: 'advantage' });
  });
}

test('one right answer of four: 3/4 and −1/4 from the mean, 1 and −1/3 from the mean of the others', () => {
  assert.deepEqual([...compareWithin([1, 0, 0, 0], 4)], [0.75, -0.25, -0.25, -0.25]);
  const others = compareWithin([1, 0, 0, 0], 4, { baseline: 'others' });
  assertClose(others, [1, -1 / 3, -1 / 3, -1 / 3], EXACT);
});

test('the group deviation has ddof 1 and 1e-4 added: rewards 1, 0 give ±0.5 / (√0.5 + 1e-4)', () => {
  const want = 0.5 / (Math.SQRT1_2 + 1e-4);
  assertClose(compareWithin([1, 0], 2, { scale: 'group' }), [want, -want], EXACT);
});

test('without a baseline the reward itself is scaled', () => {
  assert.deepEqual([...compareWithin([1, 0.5, null, 0], 4, { baseline: 'none' })], [1, 0.5, 0, 0]);
  const got = compareWithin([1, 0], 2, { baseline: 'none', scale: 'group' });
  assertClose(got, [1 / (Math.SQRT1_2 + 1e-4), 0], EXACT);
});

test('rewards that are all equal give exactly 0, so that a uniform group takes no optimizer step', () => {
  for (const baseline of ['mean', 'others'] as const) {
    for (const scale of ['group', 'batch', 'none'] as const) {
      for (let hundredth = -100; hundredth <= 100; hundredth += 1) {
        const rewards = new Array<number>(7).fill(hundredth / 100);
        const got = compareWithin(rewards, 7, { baseline, scale });
        assert.ok(
          got.every((advantage) => advantage === 0),
          `${baseline}, ${scale}, reward ${rewards[0]}`,
        );
      }
    }
  }
});

test('a null reward stands outside baseline and deviation and gets 0', () => {
  const got = compareWithin([1, null, 0, 0], 4, { scale: 'group' });
  const alone = compareWithin([1, 0, 0], 3, { scale: 'group' });
  assert.deepEqual([...got], [alone[0], 0, alone[1], alone[2]]);
  const scored = compareWithin([1, 0], 2, { scale: 'batch' });
  const batch = compareWithin([null, null, 1, 0], 2, { scale: 'batch' });
  assert.deepEqual([...batch], [0, 0, ...scored]);
});

test('a lone scored rollout and a uniform group get 0', () => {
  assert.deepEqual([...compareWithin([1, null], 2, { scale: 'group' })], [0, 0]);
  assert.deepEqual([...compareWithin([1, null], 2, { baseline: 'others' })], [0, 0]);
  assert.deepEqual([...compareWithin([1, 1, 0, 0], 2, { scale: 'group' })], [0, 0, 0, 0]);
});

test('groups may be of any size and stand in any order: each rollout is compared with its own', () => {
  // Group 7 holds rewards 1, 0, 0 (mean 1/3), group 3 holds 1, 0 (mean 1/2), group 5 one rollout alone.
  const rewards = [1, 1, 0, 1, 0, 0];
  const groups = Int32Array.of(7, 3, 7, 5, 3, 7);
  assertClose(compareWithin(rewards, groups), [2 / 3, 1 / 2, -1 / 3, 0, -1 / 2, -1 / 3], EXACT);
  const others = compareWithin(rewards, groups, { baseline: 'others' });
  assertClose(others, [1, 1, -1 / 2, 0, -1, -1 / 2], EXACT);
  // The deviation of all six is √(1.5 / 5), of group 7 √(2/3 / 2), of group 3 √(1/2); one value has none.
  const scaled = compareWithin(rewards, groups, { scale: 'group' });
  const [large, small] = [Math.sqrt(1 / 3) + 1e-4, Math.SQRT1_2 + 1e-4];
  const want = [2 / 3 / large, 0.5 / small, -1 / 3 / large, 0, -0.5 / small, -1 / 3 / large];
  assertClose(scaled, want, EXACT);
  const batch = compareWithin(rewards, groups, { scale: 'batch' });
  assert.ok(Math.abs(batch[1]! - 0.5 / (Math.sqrt(0.3) + 1e-4)) < 1e-6);
});

test('another number of rewards than of rollouts is refused', () => {
  assert.throws(() => compareWithin([1, 0, 1], Int32Array.of(0, 0)), /3 rollouts .* found 2/);
});

test('a reward that is not finite is refused by place, and does not reach the advantages of its group', () => {
  for (const reward of [NaN, Infinity]) {
    assert.throws(() => compareWithin([1, 0, 0, reward], 2), {
      name: 'RangeError',
      message: new RegExp(`^the reward of rollout 3 of 4 is ${reward}`),
    });
  }
});

test('a group of one is a fault only where something is read from its others', () => {
  const faultOf = (baseline: 'mean' | 'none', scale: 'group' | 'batch'): string | null => {
    const training = trainingSchema.parse({ groupSize: 1 });
    return group.findFault!({ baseline, scale }, { training, rewards: [], judges: [], forks: false });
  };
  assert.match(faultOf('mean', 'batch')!, /training\.groupSize needs to be at least 2; found 1/);
  assert.match(faultOf('none', 'group')!, /at least 2/);
  assert.equal(faultOf('none', 'batch'), null);
});
