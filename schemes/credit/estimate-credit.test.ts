import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch, numberGroups } from '../../rollouts/rollout-batch.fixture.ts';
import { addColumns, AUTHORS } from '../../rollouts/rollout-batch.ts';
import { assertClose, readGoldenCases, type GoldenCase } from '../../tests/support/golden-cases.ts';
import { rewards } from '../rewards/index.ts';
import { scoreReward, type RewardInput } from '../rewards/reward.ts';
import { estimate, PLAIN, smallBatch, type Named } from './estimate.fixture.ts';

interface Recipe {
  readonly rules: readonly Named[];
  readonly comparison?: Named;
  /** weight of the reward reference-kl */
  readonly beta?: number;
}

/** The rewards of a golden case with reference-kl of weight beta among them. */
function rewardGolden(golden: GoldenCase, beta: number): number[] {
  if (beta === 0) return golden.rewards;
  return golden.rewards.map((reward, row) => {
    const gap = golden.completion_mask[row]!.reduce((sum, counts, at) => {
      const difference = golden.behavior_logprobs![row]![at]! - golden.reference_logprobs[row]![at]!;
      return counts === 0 ? sum : sum + difference;
    }, 0);
    return reward + beta * scoreReward(rewards.open('reference-kl'), { referenceGap: gap } as RewardInput)!;
  });
}

/** The estimate of a golden case, whose rows are completions without gaps. */
function estimateGolden(
  golden: GoldenCase,
  { rules, comparison = PLAIN, beta = 0 }: Recipe,
): ReturnType<typeof estimate> {
  const { completion_mask: mask, behavior_logprobs: behavior, reference_logprobs: reference } = golden;
  const count = golden.rewards.length;
  const batch = createRolloutBatch({
    count,
    completionLength: mask[0]!.length,
    completionLengths: Int32Array.from(mask, (row) => row.reduce((a, b) => a + b, 0)),
    groups: numberGroups(count, golden.config.group_size ?? count),
    perToken: {
      logprobs: Float32Array.from(behavior?.flat() ?? []),
      referenceLogprobs: Float32Array.from(reference?.flat() ?? []),
      entropies: new Float32Array(mask.flat().length),
    },
    perRollout: {},
  });
  return estimate(batch, { rewards: rewardGolden(golden, beta), comparisons: [comparison], rules });
}

const whitenRollouts: Named = { name: 'whiten', options: { over: 'rollouts' } };
const recipes: { algorithm: GoldenCase['algorithm']; recipe: (config: GoldenCase['config']) => Recipe }[] = [
  {
    algorithm: 'rloo',
    recipe: ({ beta, normalize_advantages: isNormal }) => ({
      comparison: { name: 'group', options: { baseline: 'others', scale: 'none' } },
      beta,
      rules: isNormal ? [whitenRollouts, 'spread'] : ['spread'],
    }),
  },
  {
    algorithm: 'reinforce++',
    recipe: ({ beta, gamma }) => ({
      rules: [{ name: 'return', options: { gamma, klInReward: beta } }, 'whiten'],
    }),
  },
  {
    algorithm: 'reinforce++-baseline',
    recipe: () => ({
      comparison: { name: 'group', options: { scale: 'none' } },
      rules: ['spread', 'whiten'],
    }),
  },
];

for (const { algorithm, recipe } of recipes) {
  test(`${algorithm}: credit equals TRL's or verl's on every golden case`, () => {
    for (const golden of readGoldenCases(algorithm)) {
      const found = estimateGolden(golden, recipe(golden.config));
      const { advantages } = golden.expected;
      const want = golden.completion_mask.flatMap((row, at) =>
        row.map((counts, column) => {
          const value = advantages[at]!;
          return counts * (typeof value === 'number' ? value : value[column]!);
        }),
      );
      assertClose(found.credit, want, { rtol: 1e-5, atol: 2e-5, what: `${golden.name} credit` });
    }
  });
}

const exact = { rtol: 0, atol: 1e-6 };

test('a return is the discounted reward of the last token less the KL of the tokens from there on', () => {
  const rules = [{ name: 'return', options: { gamma: 0.5, klInReward: 0.1 } }];
  const { credit, advantages } = estimate(smallBatch, { rewards: [1, 0, 0, 1], rules });
  // Row 0: KL 2 and 1, so rewards −0.2 and 1 − 0.1; the others have the reference's logprobs.
  assertClose(credit, [-0.2 + 0.45, 0.9, 0, 0, 0, 0, 1, 0], { ...exact, what: 'credit' });
  assertClose(advantages, [(0.25 + 0.9) / 2, 0, 0, 1], { ...exact, what: 'advantage' });
});

function estimateValued(
  values: readonly number[],
  rewards: readonly (number | null)[],
  rules: readonly Named[],
): ReturnType<typeof estimate> {
  const batch = addColumns(smallBatch, { perToken: { values: Float32Array.from(values) } });
  return estimate(batch, { rewards, rules });
}

test('GAE with gamma = lambda = 1 is the reward less the value, and its returns are the reward', () => {
  const values = [0.25, 0.5, 0.75, 9, 0.5, 0.125, 1, 9];
  const { credit, returns, valueMask } = estimateValued(values, [1, 0, 0, 1], ['gae']);
  assertClose(credit, [0.75, 0.5, -0.75, 0, -0.5, -0.125, 0, 0], { ...exact, what: 'credit' });
  assertClose(returns!, [1, 1, 0, 0, 0, 0, 1, 0], { ...exact, what: 'return' });
  assert.deepEqual([...valueMask!], [1, 1, 1, 0, 1, 1, 1, 0]);
});

test('with lambda 0 an advantage is the temporal difference alone', () => {
  const values = [0.25, 0.5, 0.75, 9, 0.5, 0.125, 1, 9];
  const { credit } = estimateValued(values, [1, 0, 0, 1], [{ name: 'gae', options: { lambda: 0 } }]);
  assertClose(credit, [0.25, 0.5, -0.75, 0, -0.375, -0.125, 0, 0], { ...exact, what: 'credit' });
});

test('whitened credit has mean 0 and deviation 1 over tokens; a rollout without a reward stands outside', () => {
  for (const first of ['spread', 'return', 'gae']) {
    const values = [0.25, 0.5, 0.75, 9, 0.5, 0.125, 1, 9];
    const found = estimateValued(values, [1, 0, null, 1], [first, 'whiten']);
    const counted = [0, 1, 2, 6].map((at) => found.credit[at]!);
    const mean = counted.reduce((a, b) => a + b, 0) / 4;
    const variance = counted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
    assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5, `${first}: ${mean}, ${variance}`);
    assert.deepEqual([found.credit[4], found.credit[5], found.advantages[2]], [0, 0, 0]);
    assert.deepEqual([...found.tokenMask], [1, 1, 1, 0, 1, 1, 1, 0]);
  }
});

test('equal rewards of 1/3 leave a credit of exactly 0 under every whitening', () => {
  for (const rules of [
    [whitenRollouts, 'spread'],
    ['spread', 'whiten'],
  ]) {
    for (const baseline of ['none', 'mean']) {
      const comparisons = [{ name: 'group', options: { baseline, scale: 'none' } }];
      const rewards = new Array<number>(4).fill(1 / 3);
      const { credit } = estimate(smallBatch, { rewards, comparisons, rules });
      assert.ok(
        credit.every((value) => value === 0),
        credit.join(),
      );
    }
  }
});

test('advantages whitened over rollouts are (A − mean) / (deviation + 1e-4) of the scored ones', () => {
  const { advantages, credit } = estimate(smallBatch, {
    rewards: [3, 1, null, 2],
    rules: [whitenRollouts, 'spread'],
  });
  // Mean 2, deviation 1.
  const one = 1 / 1.0001;
  assertClose(advantages, [one, -one, 0, 0], { ...exact, what: 'advantage' });
  assertClose(credit, [one, one, -one, 0, 0, 0, 0, 0], { ...exact, what: 'credit' });
});

test('several comparisons are summed by their weights', () => {
  const signed = { name: 'signed', weight: 0.5, options: { negative: 3 } };
  const { advantages } = estimate(smallBatch, {
    rewards: [1, 0, null, 1],
    comparisons: [{ name: 'group', options: { scale: 'none' } }, signed],
    rules: ['spread'],
  });
  // From the mean ½, −½ | –, 0; signed 1, −3 | 0, 1, halved.
  assert.deepEqual([...advantages], [1, -2, 0, 0.5]);
});

test('a rollout’s advantage lies on each of its tokens and nowhere else', () => {
  const { credit, tokenMask, tokenWeights } = estimate(smallBatch, {
    rewards: [0.5, 2, -1, 0],
    rules: ['spread'],
  });
  assert.deepEqual([...credit], [0.5, 0.5, 2, 0, -1, -1, 0, 0]);
  assert.deepEqual([...tokenMask], [1, 1, 1, 0, 1, 1, 1, 0]);
  assert.equal(tokenWeights, undefined);
});

test('a rollout that does not count has neither credit nor mask', () => {
  const counts = [true, true, false, true];
  const { credit, tokenMask } = estimate(smallBatch, { rewards: [0.5, 2, -1, 3], counts, rules: ['spread'] });
  assert.deepEqual([...credit], [0.5, 0.5, 2, 0, 0, 0, 3, 0]);
  assert.deepEqual([...tokenMask], [1, 1, 1, 0, 0, 0, 1, 0]);
});

test('what the policy did not write itself gets no credit and does not count', () => {
  const { policy, forced } = AUTHORS;
  const authors = Uint8Array.of(forced, policy, policy, policy, policy, forced, policy, policy);
  const batch = { ...smallBatch, authors };
  const call = { rewards: [0.5, 2, -1, 3], rules: ['spread'] };
  const { credit, tokenMask } = estimate(batch, call);
  assert.deepEqual([...credit], [0, 0.5, 2, 0, -1, 0, 3, 0]);
  assert.deepEqual([...tokenMask], [0, 1, 1, 0, 1, 0, 1, 0]);
  const masked = estimate(batch, { ...call, counts: [true, true, false, true] });
  assert.deepEqual([...masked.tokenMask], [0, 1, 1, 0, 0, 0, 1, 0]);
  // A forced end leaves the reward on the last token that the policy wrote.
  assert.deepEqual([...estimate(batch, { ...call, rules: ['return'] }).credit].slice(4, 6), [-1, 0]);
});

test('a rule that has nothing to act on where it stands is refused, and so is a list that gives no credit', () => {
  const refused = (rules: readonly Named[], message: RegExp): void =>
    assert.throws(() => estimate(smallBatch, { rewards: [1, 0, 0, 1], rules }), {
      name: 'CreditOrderError',
      message,
    });
  refused(
    ['whiten', 'spread'],
    /^credit rule whiten needs the credit of tokens, but no rule before it gives/,
  );
  refused(
    ['spread', whitenRollouts],
    /^credit rule whiten over rollouts changes the advantages .* put it first$/,
  );
  refused(['top-entropy'], /^the loss needs the credit of tokens/);
});

test('a batch that was sampled without what the options need is refused', () => {
  assert.throws(() => estimate(smallBatch, { rewards: [1, 0, 0, 1], rules: ['gae'] }), /hold no values/);
  const logprobs = Float32Array.of(-1, -1);
  const perToken = { logprobs, entropies: logprobs };
  const rollouts = createRolloutBatch({ count: 2, completionLength: 1, perToken, perRollout: {} });
  const rules = [{ name: 'return', options: { klInReward: 0.1 } }];
  assert.throws(() => estimate(rollouts, { rewards: [1, 0], rules }), {
    name: 'MissingColumnError',
    message: /hold no referenceLogprobs \(logprob .*\), which option klInReward of credit rule return needs/,
  });
});
