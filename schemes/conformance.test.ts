import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { controlTokens } from '../learning/control-tokens.ts';
import { controlEntropy } from '../learning/entropy-coefficient.ts';
import { computeAdvantages } from '../learning/group-advantages.ts';
import { computePolicyLoss, type LossInput } from '../learning/policy-gradient-loss.ts';
import { estimateCredit, type EstimatedCredit } from '../learning/estimate-credit.ts';
import { weighTokens } from '../learning/token-weights.ts';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { createGenerator } from '../random/generator.ts';
import { deriveStream } from '../random/streams.ts';
import { openReward } from '../rewards/index.ts';
import { createRolloutBatch, numberGroups } from '../rollouts/rollout-batch.fixture.ts';
import { schemeSchema, type Scheme } from '../config/scheme.ts';
import { findScheme, schemeNames, schemes } from './index.ts';
import { UnknownPartError } from '../config/part-index.ts';

const GROUP = 4;
const WIDTH = 6;
/** Mixed, all correct, none correct, one without a reward. */
const REWARDS = [1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, null, 0, 0] as const;
const COUNT = REWARDS.length;

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** Rollouts of uneven length, some truncated; off-policy ones have ratios beyond every default clip. */
function createRollouts(isOnPolicy: boolean): Record<string, Float32Array> & { lengths: Float32Array } {
  const generator = createGenerator(deriveStream(7, 'conformance'));
  const draw = (low: number, high: number): Float32Array =>
    Float32Array.from({ length: COUNT * WIDTH }, () => low + (high - low) * generator.uniform());
  const logprobs = draw(-3, -0.05);
  return {
    logprobs,
    behaviorLogprobs: isOnPolicy ? logprobs : draw(-3, -0.05),
    referenceLogprobs: draw(-3, -0.05),
    entropies: draw(0, 2),
    // A new critic values every state 0.
    values: isOnPolicy ? new Float32Array(COUNT * WIDTH) : draw(0, 1),
    lengths: Float32Array.from({ length: COUNT }, (_, row) => (row % 5 === 0 ? WIDTH : 1 + (row % WIDTH))),
  };
}

interface Outcome {
  readonly loss: number;
  /** by logprobs, then by entropies; [N, T] each */
  readonly gradients: readonly [Float32Array, Float32Array];
  readonly advantages: Float32Array;
  readonly tokenMask: Float32Array;
  /** weight of the entropy bonus that the next step starts from */
  readonly remembered: number | null;
}

/** Rewards → advantages → credit. */
function estimate(
  scheme: Pick<Scheme, 'advantage' | 'gates'>,
  rollouts: ReturnType<typeof createRollouts>,
  rewards: readonly (number | null)[],
): EstimatedCredit {
  const batch = createRolloutBatch({
    count: COUNT,
    completionLength: WIDTH,
    completionLengths: Int32Array.from(rollouts.lengths),
    finished: Uint8Array.from({ length: COUNT }, (_, row) => Number(row % 5 !== 0)),
    groups: numberGroups(COUNT, GROUP),
    perToken: {
      logprobs: rollouts['behaviorLogprobs']!,
      entropies: rollouts['entropies']!,
      referenceLogprobs: rollouts['referenceLogprobs']!,
      values: rollouts['values']!,
    },
    perRollout: {},
  });
  const { maskTruncated } = scheme.gates;
  return estimateCredit(batch, { rewards, maskTruncated, options: scheme.advantage });
}

/** Rewards → advantages → credit → loss and gradients, as a training step does. */
function teach(
  scheme: Scheme,
  call: { rewards?: readonly (number | null)[]; isOnPolicy?: boolean } = {},
): Outcome {
  const rollouts = createRollouts(call.isOnPolicy ?? false);
  const options = scheme.loss;
  const { advantages, credit, tokenMask } = estimate(scheme, rollouts, call.rewards ?? REWARDS);
  const { aggregation } = options;
  const weights = weighTokens({
    width: WIDTH,
    tokenMask,
    aggregation,
    maxNewTokens: WIDTH + 2,
    localBatch: 5,
  });
  const current = { logprobs: rollouts['logprobs']!, entropies: rollouts['entropies']! };
  const { entropies, behaviorLogprobs: logprobs } = rollouts as Record<string, Float32Array>;
  const perToken = { credit, tokenMask, logprobs: logprobs!, entropies: entropies! };
  const { gradientMask, penaltySlopes } = controlTokens(
    { completionLength: WIDTH, perToken },
    () => current,
    { options, generator: createGenerator(deriveStream(7, 'clip-cov')) },
  );
  const entropy = current.entropies.reduce((sum, value) => sum + value, 0) / current.entropies.length;
  const bonus = controlEntropy(options, { remembered: null, entropy });
  const arrays = {
    ...rollouts,
    credit,
    tokenMask,
    gradientMask,
    weights,
    ...(penaltySlopes === null ? {} : { penaltySlopes }),
    ...(bonus.coefficient > 0 ? { entropyWeights: weights.map((weight) => weight * bonus.coefficient) } : {}),
  };
  const learnt = tf.tidy(() => {
    const entries = Object.entries(arrays).filter(([, values]) => values.length === COUNT * WIDTH);
    const fixed = {
      entropyWeights: null,
      penaltySlopes: null,
      ...Object.fromEntries(entries.map(([name, values]) => [name, tf.tensor2d(values, [COUNT, WIDTH])])),
    } as unknown as LossInput;
    const computeLoss = (logprobs: tf.Tensor, entropies: tf.Tensor): tf.Tensor => {
      const current = { logprobs: logprobs as tf.Tensor2D, entropies: entropies as tf.Tensor2D };
      const { rows } = computePolicyLoss({ ...fixed, ...current }, options);
      // A loss without an entropy bonus does not depend on the entropies, which the tape refuses.
      return tf.add(tf.sum(rows), tf.mul(tf.sum(entropies), 0));
    };
    const { value, grads } = tf.valueAndGrads(computeLoss)([fixed.logprobs, fixed.entropies]);
    const gradients = grads.map((tensor) => Float32Array.from(tensor.dataSync())) as [
      Float32Array,
      Float32Array,
    ];
    return { loss: value.dataSync()[0]!, gradients };
  });
  return { ...learnt, advantages, tokenMask, remembered: bonus.next };
}

function assertPermutes(options: Scheme['advantage']): void {
  const rewards = [1, 0, 0, 0, 1, 1, 0, 1];
  const order = [2, 0, 3, 1, 4, 5, 6, 7];
  const groups = numberGroups(8, GROUP);
  const plain = computeAdvantages(rewards, groups, options);
  const permuted = computeAdvantages(
    order.map((at) => rewards[at]!),
    groups,
    options,
  );
  order.forEach((at, position) => assert.ok(Math.abs(permuted[position]! - plain[at]!) < 1e-6));
}

const trained = schemes.filter((scheme) => scheme.isTrained);

for (const scheme of trained) {
  test(`${scheme.name}: loss and gradient are finite on uniform, unscored and truncated rollouts`, () => {
    const tensors = tf.memory().numTensors;
    const { loss, gradients, advantages } = teach(scheme);
    assert.ok([loss, ...gradients[0], ...gradients[1], ...advantages].every(Number.isFinite));
    assert.equal(tf.memory().numTensors, tensors);
  });

  test(`${scheme.name}: some token learns, masked tokens and unscored rollouts do not`, () => {
    const { gradients, tokenMask, advantages } = teach(scheme);
    const unscored = REWARDS.indexOf(null);
    assert.equal(advantages[unscored], 0);
    assert.ok(gradients.some((slopes) => slopes.some((slope) => slope !== 0)));
    gradients[1].forEach((slope, at) => assert.ok(tokenMask[at] === 1 || slope === 0, `entropy ${at}`));
    gradients[0].forEach((slope, at) => {
      const isSilent = tokenMask[at] === 0 || (Math.floor(at / WIDTH) === unscored && scheme.loss.beta === 0);
      if (isSilent) assert.equal(Math.abs(slope), 0, `token ${at}`);
    });
  });

  test(`${scheme.name}: on-policy, rewarded rollouts are made no less and unrewarded ones no more likely`, () => {
    const { gradients } = teach(scheme, { isOnPolicy: true });
    // Whitened after a group baseline, groups of equal rewards follow the batch's mean, whatever its sign.
    const isRecentred = scheme.advantage.whitening === 'tokens' && scheme.advantage.baseline !== 'none';
    gradients[0].forEach((slope, at) => {
      const row = Math.floor(at / WIDTH);
      const reward = REWARDS[row]!;
      const group = REWARDS.slice(row - (row % GROUP)).slice(0, GROUP);
      if (isRecentred && new Set(group).size === 1) return;
      assert.ok(reward === 1 ? slope <= 0 : slope >= 0, `token ${at}: ${slope} at reward ${reward}`);
    });
  });

  test(`${scheme.name}: permuting a group permutes its advantages and leaves the other groups alone`, () => {
    assertPermutes(scheme.advantage);
  });

  test(`${scheme.name}: its reward components exist and take its options`, () => {
    for (const { component, options } of scheme.rewards) openReward(component, options);
  });
}

test('each scheme is named as its file and each file is listed in the index', () => {
  const files = readdirSync(new URL('.', import.meta.url)).filter((file) => /^[a-z-]+\.ts$/.test(file));
  const names = files.map((file) => file.slice(0, -'.ts'.length)).filter((name) => name !== 'index');
  assert.deepEqual([...schemeNames].sort(), names.sort());
});

test('no two schemes share a name, a title or a composition', () => {
  const compositions = schemes.map(({ name: _name, title: _title, source: _source, ...rest }) => rest);
  for (const values of [schemes.map((s) => s.name), schemes.map((s) => s.title), compositions]) {
    assert.equal(new Set(values.map((value) => JSON.stringify(value))).size, schemes.length);
  }
});

test('PSR learns from correct samples only, NSR from the others only, and on-policy they add up to REINFORCE', () => {
  const rewards = REWARDS.map((reward) => reward ?? 0);
  const slopes = (name: string): Float32Array =>
    teach(findScheme(name), { rewards, isOnPolicy: true }).gradients[0];
  const positive = slopes('positive-reinforcement');
  const negative = slopes('negative-reinforcement');
  slopes('reinforce').forEach((slope, at) => {
    const isCorrect = rewards[Math.floor(at / WIDTH)] === 1;
    assert.equal(Math.abs(isCorrect ? negative[at]! : positive[at]!), 0);
    assert.ok(Math.abs(positive[at]! + negative[at]! - slope) < 1e-7);
  });
});

test('an unknown name is answered with the nearest', () => {
  assert.throws(() => findScheme('drgrpo'), { name: UnknownPartError.name, message: /"dr-grpo"/ });
});

/** Settings under which every knob of the loss has something to act on. */
const sensitive: Scheme['loss'] = {
  ...findScheme('grpo').loss,
  beta: 0.1,
  klEstimator: 'k3',
  klBiasCorrection: false,
  delta: 3,
  topEntropyQuantile: 0.5,
  entropyCoefficient: 0.01,
  covarianceShare: 0.2,
};

/** What a knob that needs another one to act is tried under. */
const contexts: Partial<Record<keyof Scheme['loss'], Partial<Scheme['loss']>>> = {
  covarianceControl: { topEntropyQuantile: 1, covarianceShare: 1 },
  entropyStep: { entropyTarget: 3 },
  covarianceShare: { covarianceControl: 'kl' },
  covariancePenalty: { covarianceControl: 'kl' },
  covarianceLow: { covarianceControl: 'clip', covarianceShare: 1, topEntropyQuantile: 1 },
  covarianceHigh: { covarianceControl: 'clip', covarianceShare: 1, covarianceLow: 0 },
};

/** Another value of each knob that is a number or may be null; enumerations and switches are taken through all values. */
const otherNumbers: Partial<Record<keyof Scheme['loss'], readonly unknown[]>> = {
  epsilonLow: [0.4],
  epsilonHigh: [0.4],
  delta: [null, 1.6],
  beta: [0, 0.2],
  topEntropyQuantile: [1, 0.2],
  entropyCoefficient: [0, 0.02],
  // The rollouts' mean entropy is about 1: one target switches the bonus off, the other leaves it on.
  entropyTarget: [0.1, 3],
  entropyStep: [0.01],
  covarianceShare: [0.05],
  covarianceLow: [0],
  covarianceHigh: [0.3],
  covariancePenalty: [0, 0.1],
};

function listValues(shape: Record<string, { safeParse: unknown }>, knob: string): readonly unknown[] {
  const { enum: values, type } = schemeJson(shape, knob);
  if (values !== undefined) return values;
  if (type === 'boolean') return [true, false];
  return [sensitive[knob as 'delta'], ...(otherNumbers[knob as 'delta'] ?? [])];
}

function schemeJson(shape: object, knob: string): { enum?: unknown[]; type?: string } {
  return (shape as Record<string, { toJSONSchema(): { enum?: unknown[]; type?: string } }>)[
    knob
  ]!.toJSONSchema();
}

function fingerprintOf({ loss, gradients, remembered }: Outcome): string {
  return JSON.stringify([loss, [...gradients[0]], [...gradients[1]], remembered]);
}

const lossShape = schemeSchema.shape.loss.unwrap().shape;

for (const knob of Object.keys(lossShape)) {
  test(`loss.${knob}: each value changes the loss or its gradient, is finite and leaves masked tokens alone`, () => {
    const values = listValues(lossShape, knob);
    assert.ok(values.length > 1, `give loss.${knob} another value in otherNumbers`);
    const context = contexts[knob as 'delta'] ?? {};
    const outcomes = values.map((value) =>
      teach({ ...findScheme('grpo'), loss: { ...sensitive, ...context, [knob]: value } }),
    );
    assert.equal(new Set(outcomes.map(fingerprintOf)).size, values.length);
    for (const { loss, gradients, tokenMask } of outcomes) {
      assert.ok(Number.isFinite(loss));
      for (const slopes of gradients) {
        slopes.forEach((slope, at) => {
          assert.ok(Number.isFinite(slope) && (tokenMask[at] === 1 || slope === 0), `token ${at}: ${slope}`);
        });
      }
    }
  });
}

test('for cispo epsilonHigh is the cap and epsilonLow has no effect; reinforce has no clip at all', () => {
  const outcome = (loss: Partial<Scheme['loss']>): string =>
    fingerprintOf(teach({ ...findScheme('grpo'), loss: { ...sensitive, ...loss } }));
  const cispo = { objective: 'cispo', epsilonHigh: 1.3 } as const;
  assert.notEqual(outcome(cispo), outcome({ ...cispo, epsilonHigh: 5 }));
  assert.equal(outcome(cispo), outcome({ ...cispo, epsilonLow: 0.5 }));
  assert.equal(
    outcome({ objective: 'reinforce' }),
    outcome({ objective: 'reinforce', epsilonHigh: 5, delta: null }),
  );
});

const advantageValues: Record<keyof Scheme['advantage'], readonly Partial<Scheme['advantage']>[]> = {
  baseline: [{ baseline: 'group-mean' }, { baseline: 'leave-one-out' }, { baseline: 'none' }],
  scale: [{ scale: 'group' }, { scale: 'batch' }, { scale: 'none' }],
  outcome: [{ outcome: 'reward' }, { outcome: 'signed' }, { outcome: 'pass@k', k: 2 }],
  k: [1, 2, 3].map((k) => ({ outcome: 'pass@k', k })),
  positiveWeight: [0.1, 1].map((positiveWeight) => ({ outcome: 'signed', positiveWeight })),
  negativeWeight: [0.1, 1].map((negativeWeight) => ({ outcome: 'signed', negativeWeight })),
  // At a gamma of 1 a return is the rollout's advantage.
  estimator: [
    { estimator: 'rollout' },
    { estimator: 'return', gamma: 0.9 },
    { estimator: 'gae', gamma: 0.9 },
  ],
  gamma: [0.9, 1].map((gamma) => ({ estimator: 'return', gamma })),
  lambda: [0.9, 1].map((lambda) => ({ estimator: 'gae', lambda })),
  whitening: [{ whitening: 'none' }, { whitening: 'rollouts' }, { whitening: 'tokens' }],
  klInReward: [0, 0.1, 0.2].map((klInReward) => ({ klInReward })),
};

for (const [knob, changes] of Object.entries(advantageValues)) {
  test(`advantage.${knob}: permuting a group permutes its advantages under each value`, () => {
    for (const change of changes) assertPermutes({ ...findScheme('grpo').advantage, ...change });
  });

  test(`advantage.${knob}: each value changes the advantages`, () => {
    const grpo = findScheme('grpo');
    const outcomes = changes.map((change) =>
      estimate(
        { ...grpo, advantage: { ...grpo.advantage, ...change } },
        createRollouts(false),
        REWARDS,
      ).credit.join(),
    );
    assert.equal(new Set(outcomes).size, changes.length);
    assert.deepEqual(Object.keys(advantageValues), Object.keys(findScheme('grpo').advantage));
  });
}

test('gates.maskTruncated: truncated rollouts carry no gradient', () => {
  const { tokenMask } = teach({
    ...findScheme('grpo'),
    gates: { ...findScheme('grpo').gates, maskTruncated: true },
  });
  assert.ok(tokenMask.subarray(0, WIDTH).every((counts) => counts === 0));
});
