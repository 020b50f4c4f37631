import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { numberGroups } from '../rollouts/rollout-batch.fixture.ts';
import { schemeSchema, type Scheme } from '../config/scheme.ts';
import { maskTopEntropies } from './entropy-mask.ts';
import { assertClose, readGoldenCases, type GoldenCase, type GoldenConfig } from './golden-cases.fixture.ts';
import { computeAdvantages } from './group-advantages.ts';
import { computePolicyLoss, type LossInput } from './policy-gradient-loss.ts';
import { weighTokens } from './token-weights.ts';

type LossOptions = Scheme['loss'];

const defaults = schemeSchema.shape.loss.parse(undefined);

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function toOptions(config: GoldenConfig): LossOptions {
  const isCispo = config.loss_type === 'cispo';
  return {
    ...defaults,
    objective: isCispo ? 'cispo' : 'clipped',
    // TRL aggregates cispo as it does dapo.
    aggregation: config.loss_type === 'cispo' ? 'dapo' : config.loss_type,
    ratioLevel: config.importance_sampling_level,
    epsilonLow: config.epsilon,
    epsilonHigh: config.epsilon_high,
    delta: config.delta,
    beta: config.beta,
    klBiasCorrection: config.use_bias_correction_kl,
    topEntropyQuantile: config.top_entropy_quantile,
  };
}

/** A whole optimizer batch as plain arrays [N, T]. */
type Arrays = Record<Exclude<keyof LossInput, 'entropyWeights' | 'penaltySlopes'>, Float32Array>;

function toArrays(golden: GoldenCase, options: LossOptions, localBatch: number): Arrays {
  const width = golden.completion_mask[0]!.length;
  const tokenMask = Float32Array.from(golden.completion_mask.flat());
  const entropies = Float32Array.from(golden.entropies.flat());
  const logprobs = Float32Array.from(golden.logprobs.flat());
  const groups = numberGroups(golden.rewards.length, golden.config.group_size);
  const advantages = computeAdvantages(golden.rewards, groups, {
    baseline: 'group-mean',
    scale: golden.config.scale_rewards,
    outcome: 'reward',
    k: 1,
    positiveWeight: 1,
    negativeWeight: 1,
  });
  return {
    logprobs,
    entropies,
    behaviorLogprobs: Float32Array.from((golden.behavior_logprobs ?? golden.logprobs).flat()),
    referenceLogprobs: Float32Array.from(golden.reference_logprobs.flat()),
    credit: tokenMask.map((_, at) => advantages[Math.floor(at / width)]!),
    tokenMask,
    gradientMask: maskTopEntropies(entropies, tokenMask, options.topEntropyQuantile),
    weights: weighTokens({
      width,
      tokenMask,
      aggregation: options.aggregation,
      maxNewTokens: golden.config.max_completion_length,
      localBatch,
    }),
  };
}

interface Extra {
  /** weight of the entropy bonus */
  readonly bonus?: number;
  /** slopes of KL-Cov, one per token */
  readonly slopes?: readonly number[];
}

/** Loss and its gradient for rows [begin, end). */
function evaluateRows(
  arrays: Arrays,
  options: LossOptions,
  rows: { width: number; begin: number; end: number } & Extra,
): { loss: number; gradient: Float32Array } {
  const { width, begin, end, ...extra } = rows;
  return tf.tidy(() => {
    const cut = (values: Float32Array): tf.Tensor2D =>
      tf.tensor2d(values.slice(begin * width, end * width), [end - begin, width]);
    const fixed = Object.fromEntries(
      Object.entries(arrays).map(([name, values]) => [name, cut(values)]),
    ) as unknown as Omit<LossInput, 'entropyWeights' | 'penaltySlopes'>;
    const entropyWeights = extra.bonus === undefined ? null : tf.mul<tf.Tensor2D>(fixed.weights, extra.bonus);
    const penaltySlopes = extra.slopes === undefined ? null : cut(Float32Array.from(extra.slopes));
    const computeLoss = (logprobs: tf.Tensor): tf.Scalar =>
      tf.sum(
        computePolicyLoss(
          { ...fixed, entropyWeights, penaltySlopes, logprobs: logprobs as tf.Tensor2D },
          options,
        ).rows,
      );
    const { value, grad } = tf.valueAndGrad(computeLoss)(fixed.logprobs);
    return { loss: value.dataSync()[0]!, gradient: (grad.dataSync() as Float32Array).slice() };
  });
}

for (const golden of readGoldenCases('grpo-family')) {
  const { expected } = golden;
  const options = toOptions(golden.config);
  const count = golden.rewards.length;
  const width = golden.completion_mask[0]!.length;

  test(`${golden.name}: entropy mask, loss and gradient equal TRL's`, () => {
    const tensors = tf.memory().numTensors;
    const arrays = toArrays(golden, options, count);
    if (expected.entropy_mask !== undefined) {
      assert.deepEqual([...arrays.gradientMask], expected.entropy_mask.flat().map(Number));
    }
    const { loss, gradient } = evaluateRows(arrays, options, { width, begin: 0, end: count });
    assertClose([loss], [expected.loss], { rtol: 1e-4, atol: 2e-6, what: 'loss' });
    assertClose(gradient, expected.grad_logprobs.flat(), { rtol: 1e-4, atol: 2e-6, what: 'gradient' });
    assert.equal(tf.memory().numTensors, tensors);
  });

  test(`${golden.name}: the losses and gradients of micro-batches add up to the whole`, () => {
    const arrays = toArrays(golden, options, 3);
    const whole = evaluateRows(arrays, options, { width, begin: 0, end: count });
    const cuts = [0, 1, count - 2, count];
    const parts = cuts
      .slice(1)
      .map((end, at) => evaluateRows(arrays, options, { width, begin: cuts[at]!, end }));
    const sum = parts.reduce((total, { loss }) => total + loss, 0);
    assertClose([sum], [whole.loss], { rtol: 1e-5, atol: 1e-6, what: 'loss' });
    const joined = parts.flatMap(({ gradient }) => [...gradient]);
    assertClose(joined, [...whole.gradient], { rtol: 1e-6, atol: 1e-8, what: 'gradient' });
  });
}

/** One row of two tokens under `options`: A = 2, ratio e^0.1 and e^−0.3, reference 0.2 above the policy, entropies 1 and 3. */
function evaluateToy(options: Partial<LossOptions>, extra: Extra = {}): { loss: number; gradient: number[] } {
  const ones = Float32Array.of(1, 1);
  const arrays: Arrays = {
    logprobs: Float32Array.of(-0.5, -1),
    entropies: Float32Array.of(1, 3),
    behaviorLogprobs: Float32Array.of(-0.6, -0.7),
    referenceLogprobs: Float32Array.of(-0.3, -0.8),
    credit: Float32Array.of(2, 2),
    tokenMask: ones,
    gradientMask: ones,
    weights: ones,
  };
  const { loss, gradient } = evaluateRows(
    arrays,
    { ...defaults, ...options },
    { width: 2, begin: 0, end: 1, ...extra },
  );
  return { loss, gradient: [...gradient] };
}

const NEAR = { rtol: 1e-5, atol: 1e-6 };

test('reinforce is −A·logprob with gradient −A', () => {
  const { loss, gradient } = evaluateToy({ objective: 'reinforce' });
  assertClose([loss], [2 * 1.5], { ...NEAR, what: 'loss' });
  assertClose(gradient, [-2, -2], { ...NEAR, what: 'gradient' });
});

test('without a clip the loss is −ratio·A with that as its gradient, however far the ratio', () => {
  const { loss, gradient } = evaluateToy({ objective: 'unclipped', epsilonLow: 0, epsilonHigh: 0, delta: 1 });
  const want = [-2 * Math.exp(0.1), -2 * Math.exp(-0.3)];
  assertClose([loss], [want[0]! + want[1]!], { ...NEAR, what: 'loss' });
  assertClose(gradient, want, { ...NEAR, what: 'gradient' });
});

test('KL-Cov adds its penalty times |logprob − behavior logprob| to the chosen tokens alone', () => {
  const plain = evaluateToy({ objective: 'unclipped' });
  const first = evaluateToy({ objective: 'unclipped' }, { slopes: [0.5, 0] });
  assertClose([first.loss - plain.loss], [0.5 * 0.1], { rtol: 1e-4, atol: 2e-6, what: 'loss' });
  assertClose(first.gradient, [plain.gradient[0]! + 0.5, plain.gradient[1]!], { ...NEAR, what: 'gradient' });
  // The second token has become less likely: the slope is negative and what it adds is positive.
  const second = evaluateToy({ objective: 'unclipped' }, { slopes: [0, -0.5] });
  assertClose([second.loss - plain.loss], [0.5 * 0.3], { rtol: 1e-4, atol: 2e-6, what: 'loss' });
  assertClose(second.gradient, [plain.gradient[0]!, plain.gradient[1]! - 0.5], { ...NEAR, what: 'gradient' });
});

test('k1, k2 and k3 with d = 0.2 are −0.2, 0.02 and e^0.2 − 1.2 per token', () => {
  const policy = evaluateToy({ objective: 'reinforce' });
  const wants = { k1: [-0.2, 1], k2: [0.02, -0.2], k3: [Math.exp(0.2) - 1.2, 1 - Math.exp(0.2)] } as const;
  for (const [klEstimator, [value, slope]] of Object.entries(wants)) {
    const got = evaluateToy({ objective: 'reinforce', beta: 0.5, klEstimator: klEstimator as 'k1' });
    assertClose([got.loss - policy.loss], [0.5 * 2 * value], { rtol: 1e-4, atol: 2e-6, what: klEstimator });
    assertClose(got.gradient, [-2 + 0.5 * slope, -2 + 0.5 * slope], { ...NEAR, what: klEstimator });
  }
});

test('the entropy bonus lowers the loss by its coefficient times the aggregated entropy', () => {
  const policy = evaluateToy({ objective: 'reinforce' });
  const bonus = evaluateToy({ objective: 'reinforce' }, { bonus: 0.25 });
  assertClose([policy.loss - bonus.loss], [0.25 * 4], { ...NEAR, what: 'bonus' });
});

test('the entropy bonus is differentiable in the entropies', () => {
  tf.tidy(() => {
    const ones = tf.ones<tf.Rank.R2>([1, 2]);
    const gradient = tf.grad((entropies) => {
      const input = {
        entropies: entropies as tf.Tensor2D,
        entropyWeights: tf.mul<tf.Tensor2D>(ones, 0.25),
        referenceLogprobs: null,
        penaltySlopes: null,
        logprobs: ones,
      };
      const rest = {
        behaviorLogprobs: ones,
        credit: ones,
        tokenMask: ones,
        gradientMask: ones,
        weights: ones,
      };
      return tf.sum(computePolicyLoss({ ...input, ...rest }, defaults).rows);
    })(tf.tensor2d([[0.5, 2]]));
    assert.deepEqual([...gradient.dataSync()], [-0.25, -0.25]);
  });
});
