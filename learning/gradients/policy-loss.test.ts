import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { compare } from '../../schemes/comparisons/compare.fixture.ts';
import { maskTop } from '../../schemes/credit/mask-top.ts';
import { terms } from '../../schemes/terms/index.ts';
import {
  assertClose,
  readGoldenCases,
  type GoldenCase,
  type GoldenConfig,
} from '../../tests/support/golden-cases.ts';
import { toLossColumns } from './loss-columns.fixture.ts';
import { computePolicyLoss, type WeightedTerm } from './policy-loss.ts';
import { weighTokens } from './token-weights.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function term(name: string, options: object = {}, weight = 1): WeightedTerm {
  return { ...terms.open(name, options), weight };
}

function toTerms(config: GoldenConfig): WeightedTerm[] {
  const { importance_sampling_level: ratioLevel, epsilon: epsilonLow, epsilon_high: epsilonHigh } = config;
  const policy =
    config.loss_type === 'cispo'
      ? term('cispo', { ratioLevel, cap: epsilonHigh })
      : term('clipped', { ratioLevel, epsilonLow, epsilonHigh, delta: config.delta });
  const biasCorrection = config.use_bias_correction_kl;
  return config.beta === 0 ? [policy] : [policy, term('kl', { biasCorrection }, config.beta)];
}

/** A whole optimizer batch as plain arrays [N, T]; `weights` are those of its tokens. */
type Arrays = Record<
  'logprobs' | 'entropies' | 'behaviorLogprobs' | 'credit' | 'tokenMask' | 'tokenWeights' | 'weights',
  Float32Array
> & { readonly referenceLogprobs: Float32Array; readonly slopes?: Float32Array };

function toArrays(golden: GoldenCase, localBatch: number): Arrays {
  const { config } = golden;
  const width = golden.completion_mask[0]!.length;
  const tokenMask = Float32Array.from(golden.completion_mask.flat());
  const entropies = Float32Array.from(golden.entropies.flat());
  const logprobs = Float32Array.from(golden.logprobs.flat());
  const advantages = compare(['group', { scale: config.scale_rewards }], golden.rewards, config.group_size);
  return {
    logprobs,
    entropies,
    behaviorLogprobs: Float32Array.from((golden.behavior_logprobs ?? golden.logprobs).flat()),
    referenceLogprobs: Float32Array.from(golden.reference_logprobs.flat()),
    credit: tokenMask.map((_, at) => advantages[Math.floor(at / width)]!),
    tokenMask,
    tokenWeights: maskTop(entropies, tokenMask, config.top_entropy_quantile),
    weights: weighTokens({
      width,
      tokenMask,
      // TRL aggregates cispo as it does dapo.
      aggregation: config.loss_type === 'cispo' ? 'dapo' : config.loss_type,
      maxNewTokens: config.max_completion_length,
      localBatch,
    }),
  };
}

/** Loss and its gradient by `by` for rows [begin, end). */
function evaluateRows(
  arrays: Arrays,
  objective: readonly WeightedTerm[],
  rows: { width: number; begin: number; end: number; by?: 'logprobs' | 'entropies' },
): { loss: number; gradient: Float32Array } {
  const { width, begin, end, by = 'logprobs' } = rows;
  return tf.tidy(() => {
    const cut = (values: Float32Array): tf.Tensor2D =>
      tf.tensor2d(values.slice(begin * width, end * width), [end - begin, width]);
    const { logprobs, entropies, ...others } = Object.fromEntries(
      Object.entries(arrays).map(([name, values]) => [name, cut(values)]),
    ) as Record<keyof Arrays, tf.Tensor2D>;
    const scores = { logprobs, entropies };
    const columns = toLossColumns(others, objective);
    const computeLoss = (moved: tf.Tensor): tf.Scalar =>
      tf.sum(computePolicyLoss({ ...scores, [by]: moved as tf.Tensor2D }, columns, objective).rows);
    const { value, grad } = tf.valueAndGrad(computeLoss)(scores[by]);
    return { loss: value.dataSync()[0]!, gradient: (grad.dataSync() as Float32Array).slice() };
  });
}

for (const golden of readGoldenCases('grpo-family')) {
  const { expected } = golden;
  const objective = toTerms(golden.config);
  const count = golden.rewards.length;
  const width = golden.completion_mask[0]!.length;

  test(`${golden.name}: entropy mask, loss and gradient equal TRL's`, () => {
    const tensors = tf.memory().numTensors;
    const arrays = toArrays(golden, count);
    if (expected.entropy_mask !== undefined) {
      assert.deepEqual([...arrays.tokenWeights], expected.entropy_mask.flat().map(Number));
    }
    const { loss, gradient } = evaluateRows(arrays, objective, { width, begin: 0, end: count });
    assertClose([loss], [expected.loss], { rtol: 1e-4, atol: 2e-6, what: 'loss' });
    assertClose(gradient, expected.grad_logprobs.flat(), { rtol: 1e-4, atol: 2e-6, what: 'gradient' });
    assert.equal(tf.memory().numTensors, tensors);
  });

  test(`${golden.name}: the losses and gradients of micro-batches add up to the whole`, () => {
    const arrays = toArrays(golden, 3);
    const whole = evaluateRows(arrays, objective, { width, begin: 0, end: count });
    const cuts = [0, 1, count - 2, count];
    const parts = cuts
      .slice(1)
      .map((end, at) => evaluateRows(arrays, objective, { width, begin: cuts[at]!, end }));
    const sum = parts.reduce((total, { loss }) => total + loss, 0);
    assertClose([sum], [whole.loss], { rtol: 1e-5, atol: 1e-6, what: 'loss' });
    const joined = parts.flatMap(({ gradient }) => [...gradient]);
    assertClose(joined, [...whole.gradient], { rtol: 1e-6, atol: 1e-8, what: 'gradient' });
  });
}

/** One row of two tokens: A = 2, ratio e^0.1 and e^−0.3, reference 0.2 above the policy, entropies 1 and 3. */
function evaluateToy(
  objective: readonly WeightedTerm[],
  { by, ...changes }: Partial<Arrays> & { by?: 'entropies' } = {},
): { loss: number; gradient: number[] } {
  const ones = Float32Array.of(1, 1);
  const arrays: Arrays = {
    logprobs: Float32Array.of(-0.5, -1),
    entropies: Float32Array.of(1, 3),
    behaviorLogprobs: Float32Array.of(-0.6, -0.7),
    referenceLogprobs: Float32Array.of(-0.3, -0.8),
    credit: Float32Array.of(2, 2),
    tokenMask: ones,
    tokenWeights: ones,
    weights: ones,
    ...changes,
  };
  const rows = { width: 2, begin: 0, end: 1, ...(by === undefined ? {} : { by }) };
  const { loss, gradient } = evaluateRows(arrays, objective, rows);
  return { loss, gradient: [...gradient] };
}

const NEAR = { rtol: 1e-5, atol: 1e-6 };

test('reinforce is −A·logprob with gradient −A', () => {
  const { loss, gradient } = evaluateToy([term('reinforce')]);
  assertClose([loss], [2 * 1.5], { ...NEAR, what: 'loss' });
  assertClose(gradient, [-2, -2], { ...NEAR, what: 'gradient' });
});

test('without a clip the loss is −ratio·A with that as its gradient, however far the ratio', () => {
  const { loss, gradient } = evaluateToy([term('unclipped')]);
  const want = [-2 * Math.exp(0.1), -2 * Math.exp(-0.3)];
  assertClose([loss], [want[0]! + want[1]!], { ...NEAR, what: 'loss' });
  assertClose(gradient, want, { ...NEAR, what: 'gradient' });
});

test('slopes add theirs times logprob − behavior logprob, once, whatever the other terms', () => {
  for (const others of [[], [term('kl', {}, 0.5), term('entropy', {}, 0.1)]]) {
    const objective = [term('unclipped'), ...others];
    const plain = evaluateToy(objective);
    const first = evaluateToy(objective, { slopes: Float32Array.of(0.5, 0) });
    assertClose([first.loss - plain.loss], [0.5 * 0.1], { rtol: 1e-4, atol: 2e-6, what: 'loss' });
    const [one, two] = plain.gradient as [number, number];
    assertClose(first.gradient, [one + 0.5, two], { ...NEAR, what: 'gradient' });
    // The second token has become less likely: the slope is negative and what it adds is positive.
    const second = evaluateToy(objective, { slopes: Float32Array.of(0, -0.5) });
    assertClose([second.loss - plain.loss], [0.5 * 0.3], { rtol: 1e-4, atol: 2e-6, what: 'loss' });
    assertClose(second.gradient, [one, two - 0.5], { ...NEAR, what: 'gradient' });
  }
});

test('k1, k2 and k3 with d = 0.2 are −0.2, 0.02 and e^0.2 − 1.2 per token', () => {
  const policy = evaluateToy([term('reinforce')]);
  const wants = { k1: [-0.2, 1], k2: [0.02, -0.2], k3: [Math.exp(0.2) - 1.2, 1 - Math.exp(0.2)] } as const;
  for (const [estimator, [value, slope]] of Object.entries(wants)) {
    const got = evaluateToy([term('reinforce'), term('kl', { estimator }, 0.5)]);
    assertClose([got.loss - policy.loss], [0.5 * 2 * value], { rtol: 1e-4, atol: 2e-6, what: estimator });
    assertClose(got.gradient, [-2 + 0.5 * slope, -2 + 0.5 * slope], { ...NEAR, what: estimator });
  }
});

test('the entropy bonus lowers the loss by its weight times the aggregated entropy', () => {
  const policy = evaluateToy([term('reinforce')]);
  const bonus = evaluateToy([term('reinforce'), term('entropy', {}, 0.25)]);
  assertClose([policy.loss - bonus.loss], [0.25 * 4], { ...NEAR, what: 'bonus' });
});

test('the entropy bonus is differentiable in the entropies', () => {
  const { gradient } = evaluateToy([term('clipped'), term('entropy', {}, 0.25)], { by: 'entropies' });
  assert.deepEqual(gradient, [-0.25, -0.25]);
});

test('token weights multiply every surrogate and no other term', () => {
  const tokenWeights = Float32Array.of(0.5, 0);
  const surrogates = [term('reinforce'), term('unclipped', {}, 0.5)];
  const { gradient } = evaluateToy(surrogates, { tokenWeights });
  assertClose(gradient, [0.5 * (-2 - Math.exp(0.1)), 0], { ...NEAR, what: 'surrogates' });
  const kl = [term('reinforce', {}, 0), term('kl', { estimator: 'k1' })];
  assertClose(evaluateToy(kl, { tokenWeights }).gradient, [1, 1], { ...NEAR, what: 'kl' });
});
