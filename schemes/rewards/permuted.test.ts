import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { rewards } from './index.ts';
import { scoreReward, type GroupMember } from './reward.ts';
import { orderDraw } from './reward-draw.ts';
import { input, memberOf, verdictOf } from '../conformance/reward-input.ts';

const G = 8;
const GROUPS = 20_000;

/** What each rollout of the group is rewarded with. */
function scoreAll(group: readonly GroupMember[], options: object): (number | null)[] {
  const reward = rewards.open('permuted', options);
  return group.map((member, position) => scoreReward(reward, input({ ...member, group, position })));
}

const membersOf = (values: readonly number[], orders: readonly number[]): GroupMember[] =>
  values.map((disparity, at) =>
    memberOf(verdictOf('correct', '10'), {
      confidence: { disparity, meanProbability: disparity / 2 },
      order: orders[at]!,
    }),
  );

test('a rollout gets the value at the rank of its draw, and may keep its own', () => {
  const group = membersOf([0.5, 0.9, 0.1, 0.7], [0.3, 0.1, 0.2, 0.9]);
  // The draws rank 2, 0, 1, 3.
  assert.deepEqual(scoreAll(group, { reward: 'confidence' }), [0.1, 0.5, 0.9, 0.7]);
  const ranks = { reward: 'confidence', options: { form: 'rank' } };
  assert.deepEqual(scoreAll(group, ranks), [0, 1 / 3, 1, 2 / 3]);
  const equal = membersOf([0.5, 0.9, 0.1], [0.4, 0.4, 0.4]);
  assert.deepEqual(scoreAll(equal, { reward: 'confidence' }), [0.5, 0.9, 0.1]);
});

test('every part of the other rollout counts: its text, its verdict, and what it lacks', () => {
  const group = [
    memberOf(verdictOf('correct', '10'), { order: 0.9, completion: '[55;52]#10', format: 'scratchpad' }),
    memberOf(verdictOf('unverifiable'), { order: 0.1 }),
  ];
  assert.deepEqual(scoreAll(group, { reward: 'verifier' }), [null, 1]);
  assert.deepEqual(scoreAll(group, { reward: 'marker', options: { format: 'scratchpad' } }), [0, 1]);
});

test('it needs and sees what the reward does whose values it gives, and cannot hold itself', () => {
  const { part, options } = rewards.open('permuted', { reward: 'confidence' });
  assert.deepEqual(part.needs!(options), ['disparities']);
  assert.equal(part.sees!(options), 'nothing');
  const labelled = rewards.open('permuted');
  assert.equal(part.sees!(labelled.options), 'labels');
  assert.throws(() => rewards.open('permuted', { reward: 'permuted' }), /cannot be permuted itself/);
  assert.throws(() => rewards.open('permuted', { reward: 'confidence', options: { isShuffled: true } }));
});

test('own and received values are uncorrelated, and each place is equally likely to be the source', () => {
  const generator = createGenerator(deriveStream(3, 'values'));
  const sources = Array.from({ length: G }, () => new Array<number>(G).fill(0));
  let crossed = 0;
  let squared = 0;
  for (let problem = 0; problem < GROUPS; problem += 1) {
    const values = Array.from({ length: G }, () => generator.uniform());
    const orders = values.map((_, sample) => orderDraw(11, { step: 2, problem, sample }));
    const received = scoreAll(membersOf(values, orders), { reward: 'confidence' });
    assert.deepEqual(received.toSorted(), values.toSorted());
    // Within the group, as an advantage is: an own value's distance from the mean beside the received one's.
    const mean = values.reduce((sum, value) => sum + value, 0) / G;
    received.forEach((value, at) => {
      crossed += (values[at]! - mean) * (value! - mean);
      squared += (values[at]! - mean) ** 2;
      sources[at]![values.indexOf(value!)]! += 1;
    });
  }
  // Of one permutation the correlation has variance 1 / (G − 1), so its mean has this standard error; another's would be −1/7.
  const standardError = 1 / Math.sqrt((G - 1) * GROUPS);
  assert.ok(Math.abs(crossed / squared) < 4 * standardError, `${crossed / squared}`);
  // χ² over the 64 cells of a doubly balanced table: (G − 1)² = 49 degrees of freedom, 0.1 % point 85.4.
  const expected = GROUPS / G;
  const statistic = sources.flat().reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
  assert.ok((statistic * (G - 1)) / G < 85.4, `${statistic}`);
});
