import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRolloutBatch, numberGroups } from '../rollouts/rollout-batch.fixture.ts';
import { addColumns } from '../rollouts/rollout-batch.ts';
import { schemeSchema, type Scheme } from '../spec/scheme.ts';
import { estimateCredit, type EstimatedCredit } from './estimate-credit.ts';
import { assertClose, readGoldenCases, type GoldenCase } from './golden-cases.fixture.ts';

const TOLERANCE = { rtol: 1e-5, atol: 2e-5 };
const defaults = schemeSchema.shape.advantage.parse({ baseline: 'none', scale: 'none' });

type Options = Partial<Scheme['advantage']>;

/** The estimate of a golden case, whose rows are completions without gaps. */
function estimateGolden(golden: GoldenCase, options: Options): EstimatedCredit {
  const {
    completion_mask: mask,
    rewards,
    behavior_logprobs: behavior,
    reference_logprobs: reference,
  } = golden;
  const batch = createRolloutBatch({
    count: rewards.length,
    completionLength: mask[0]!.length,
    completionLengths: Int32Array.from(mask, (row) => row.reduce((a, b) => a + b, 0)),
    groups: numberGroups(rewards.length, golden.config.group_size ?? rewards.length),
    perToken: {
      logprobs: Float32Array.from(behavior?.flat() ?? []),
      referenceLogprobs: Float32Array.from(reference?.flat() ?? []),
      entropies: new Float32Array(mask.flat().length),
    },
    perRollout: {},
  });
  return estimateCredit(batch, { rewards, maskTruncated: false, options: { ...defaults, ...options } });
}

const recipes: { algorithm: GoldenCase['algorithm']; options: (config: GoldenCase['config']) => Options }[] =
  [
    {
      algorithm: 'rloo',
      options: ({ beta, normalize_advantages: isNormal }) => ({
        baseline: 'leave-one-out',
        klInReward: beta,
        whitening: isNormal ? 'rollouts' : 'none',
      }),
    },
    {
      algorithm: 'reinforce++',
      options: ({ beta, gamma }) => ({ estimator: 'return', klInReward: beta, gamma, whitening: 'tokens' }),
    },
    {
      algorithm: 'reinforce++-baseline',
      options: () => ({ baseline: 'group-mean', whitening: 'tokens' }),
    },
  ];

for (const { algorithm, options } of recipes) {
  test(`${algorithm}: credit equals TRL's or verl's on every golden case`, () => {
    for (const golden of readGoldenCases(algorithm)) {
      const found = estimateGolden(golden, options(golden.config));
      const { advantages } = golden.expected;
      const want = golden.completion_mask.flatMap((row, at) =>
        row.map((counts, column) => {
          const value = advantages[at]!;
          return counts * (typeof value === 'number' ? value : value[column]!);
        }),
      );
      assertClose(found.credit, want, { ...TOLERANCE, what: `${golden.name} credit` });
    }
  });
}

/** Two groups of two; lengths 2, 1, 2, 1 of at most 2 columns. */
function estimate(rewards: readonly (number | null)[], options: Options, values?: number[]): EstimatedCredit {
  const recorded = createRolloutBatch({
    count: 4,
    completionLength: 2,
    completionLengths: Int32Array.of(2, 1, 2, 1),
    finished: Uint8Array.of(1, 1, 0, 1),
    groups: numberGroups(4, 2),
    perToken: {
      logprobs: Float32Array.of(-1, -1, -1, 0, -1, -1, -1, 0),
      referenceLogprobs: Float32Array.of(-3, -2, -1, 0, -1, -1, -1, 0),
      entropies: new Float32Array(8),
    },
    perRollout: {},
  });
  const batch =
    values === undefined
      ? recorded
      : addColumns(recorded, { perToken: { values: Float32Array.from(values) } });
  return estimateCredit(batch, { rewards, maskTruncated: false, options: { ...defaults, ...options } });
}

const exact = { rtol: 0, atol: 1e-6 };

test('a return is the discounted reward of the last token less the KL of the tokens from there on', () => {
  const { credit, advantages } = estimate([1, 0, 0, 1], { estimator: 'return', gamma: 0.5, klInReward: 0.1 });
  // Row 0: KL 2 and 1, so rewards −0.2 and 1 − 0.1; the others have the reference's logprobs.
  assertClose(credit, [-0.2 + 0.45, 0.9, 0, 0, 0, 0, 1, 0], { ...exact, what: 'credit' });
  assertClose(advantages, [(0.25 + 0.9) / 2, 0, 0, 1], { ...exact, what: 'advantage' });
});

test('GAE with gamma = lambda = 1 is the reward less the value, and its returns are the reward', () => {
  const values = [0.25, 0.5, 0.75, 9, 0.5, 0.125, 1, 9];
  const { credit, targets } = estimate([1, 0, 0, 1], { estimator: 'gae' }, values);
  assertClose(credit, [0.75, 0.5, -0.75, 0, -0.5, -0.125, 0, 0], { ...exact, what: 'credit' });
  assertClose(targets!.returns, [1, 1, 0, 0, 0, 0, 1, 0], { ...exact, what: 'return' });
  assert.deepEqual([...targets!.valueMask], [1, 1, 1, 0, 1, 1, 1, 0]);
});

test('with lambda 0 an advantage is the temporal difference alone', () => {
  const values = [0.25, 0.5, 0.75, 9, 0.5, 0.125, 1, 9];
  const { credit } = estimate([1, 0, 0, 1], { estimator: 'gae', lambda: 0 }, values);
  assertClose(credit, [0.25, 0.5, -0.75, 0, -0.375, -0.125, 0, 0], { ...exact, what: 'credit' });
});

test('whitened credit has mean 0 and deviation 1 over tokens; a rollout without a reward stands outside', () => {
  for (const estimator of ['rollout', 'return', 'gae'] as const) {
    const values = [0.25, 0.5, 0.75, 9, 0.5, 0.125, 1, 9];
    const found = estimate([1, 0, null, 1], { estimator, whitening: 'tokens' }, values);
    const counted = [0, 1, 2, 6].map((at) => found.credit[at]!);
    const mean = counted.reduce((a, b) => a + b, 0) / 4;
    const variance = counted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 3;
    assert.ok(Math.abs(mean) < 1e-6 && Math.abs(variance - 1) < 1e-5, `${estimator}: ${mean}, ${variance}`);
    assert.deepEqual([found.credit[4], found.credit[5], found.advantages[2]], [0, 0, 0]);
    assert.deepEqual([...found.tokenMask], [1, 1, 1, 0, 1, 1, 1, 0]);
  }
});

test('equal rewards of 1/3 leave a credit of exactly 0 under every whitening', () => {
  for (const whitening of ['rollouts', 'tokens'] as const) {
    for (const baseline of ['none', 'group-mean'] as const) {
      const third = 1 / 3;
      const { credit } = estimate([third, third, third, third], { whitening, baseline });
      assert.ok(
        credit.every((value) => value === 0),
        credit.join(),
      );
    }
  }
});

test('a batch that was sampled without what the options need is refused', () => {
  assert.throws(() => estimate([1, 0, 0, 1], { estimator: 'gae' }), /hold no values/);
  const logprobs = Float32Array.of(-1, -1);
  const perToken = { logprobs, entropies: logprobs };
  const rollouts = createRolloutBatch({ count: 2, completionLength: 1, perToken, perRollout: {} });
  const options = { ...defaults, klInReward: 0.1 };
  assert.throws(() => estimateCredit(rollouts, { rewards: [1, 0], maskTruncated: false, options }), {
    name: 'MissingColumnError',
    message: /hold no referenceLogprobs \(logprob .*\), which advantage\.klInReward needs/,
  });
});
