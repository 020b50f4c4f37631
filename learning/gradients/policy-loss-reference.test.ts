import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { createGenerator } from '../../random/generator.ts';
import { deriveStream } from '../../random/streams.ts';
import { terms } from '../../schemes/terms/index.ts';
import { toLossColumns } from './loss-columns.fixture.ts';
import { computePolicyLoss, type WeightedTerm } from './policy-loss.ts';

/** TRL has neither k1, k2, the score function nor mixed settings: here each combination meets the formulas in float64. */

const objectives = ['clipped', 'unclipped', 'cispo', 'reinforce'] as const;

/** An objective of a surrogate, a KL and an entropy bonus as the formulas read it. */
interface Setting {
  readonly objective: (typeof objectives)[number];
  readonly ratioLevel: 'token' | 'sequence';
  readonly epsilonLow: number;
  readonly epsilonHigh: number;
  readonly delta: number | null;
  readonly cap: number;
  readonly beta: number;
  readonly estimator: 'k1' | 'k2' | 'k3';
  readonly biasCorrection: boolean;
  readonly bonus: number;
}

type Arrays = Record<
  | 'logprobs'
  | 'behaviorLogprobs'
  | 'referenceLogprobs'
  | 'entropies'
  | 'credit'
  | 'tokenMask'
  | 'tokenWeights'
  | 'weights'
  | 'slopes',
  Float32Array
>;

const ROWS = 4;
const WIDTH = 5;
const LENGTHS = [5, 3, 1, 0];
const defaults: Setting = {
  objective: 'clipped',
  ratioLevel: 'token',
  epsilonLow: 0.2,
  epsilonHigh: 0.2,
  delta: null,
  cap: 0.2,
  beta: 0,
  estimator: 'k3',
  biasCorrection: false,
  bonus: 0,
};

function toTerms(setting: Setting): WeightedTerm[] {
  const { objective, ratioLevel, epsilonLow, epsilonHigh, delta, cap, estimator, biasCorrection } = setting;
  const options = {
    clipped: { ratioLevel, epsilonLow, epsilonHigh, delta },
    unclipped: { ratioLevel },
    cispo: { ratioLevel, cap },
    reinforce: {},
  }[objective];
  return [
    { ...terms.open(objective, options), weight: 1 },
    { ...terms.open('kl', { estimator, biasCorrection }), weight: setting.beta },
    { ...terms.open('entropy', {}), weight: setting.bonus },
  ].filter(({ weight }) => weight !== 0);
}

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** Rows of uneven length, one empty; ratios beyond every clip; noise on masked tokens. */
function createArrays(): Arrays {
  const generator = createGenerator(deriveStream(3, 'policy-loss-reference'));
  const draw = (low: number, high: number): Float32Array =>
    Float32Array.from({ length: ROWS * WIDTH }, () => low + (high - low) * generator.uniform());
  const tokenMask = draw(0, 0).map((_, at) => Number(at % WIDTH < LENGTHS[Math.floor(at / WIDTH)]!));
  return {
    logprobs: draw(-2, -0.05),
    behaviorLogprobs: draw(-2, -0.05),
    referenceLogprobs: draw(-2, -0.05),
    entropies: draw(0, 2),
    credit: draw(-1.5, 1.5),
    tokenMask,
    tokenWeights: tokenMask.map((counts, at) => counts * Number(at % 3 !== 0)),
    weights: tokenMask.map((counts, at) => counts / (5 + (at % 7))),
    slopes: tokenMask.map((counts, at) => counts * ((at % 3) - 1)),
  };
}

/** The ratio of token `at`: its own, or that of the mean log ratio of its row. */
function ratioAt(arrays: Arrays, logprobs: Float64Array, at: number, level: Setting['ratioLevel']): number {
  const difference = (token: number): number => logprobs[token]! - arrays.behaviorLogprobs[token]!;
  if (level === 'token') return Math.exp(difference(at));
  const row = Math.floor(at / WIDTH);
  const tokens = Array.from({ length: LENGTHS[row]! }, (_, column) => row * WIDTH + column);
  return Math.exp(tokens.reduce((sum, token) => sum + difference(token), 0) / tokens.length);
}

function divergenceAt(difference: number, estimator: Setting['estimator']): number {
  if (estimator === 'k1') return -difference;
  return estimator === 'k2' ? difference ** 2 / 2 : Math.exp(difference) - difference - 1;
}

/** The loss in float64, one token after the other; `logprobs` may differ from those the cispo weights were taken at. */
function referenceLoss(arrays: Arrays, logprobs: Float64Array, options: Setting): number {
  const { objective, epsilonLow, epsilonHigh, delta, cap, ratioLevel } = options;
  const frozen = Float64Array.from(arrays.logprobs);
  const perToken = (at: number): number => {
    const advantage = arrays.credit[at]!;
    if (objective === 'reinforce') return -advantage * logprobs[at]!;
    if (objective === 'cispo') {
      return -Math.min(ratioAt(arrays, frozen, at, ratioLevel), cap) * advantage * logprobs[at]!;
    }
    const ratio = ratioAt(arrays, logprobs, at, ratioLevel);
    if (objective === 'unclipped') return -ratio * advantage;
    const clipped = Math.min(Math.max(ratio, 1 - epsilonLow), 1 + epsilonHigh);
    return -Math.min(Math.min(ratio, delta ?? Infinity) * advantage, clipped * advantage);
  };
  let loss = 0;
  for (let at = 0; at < logprobs.length; at += 1) {
    if (arrays.tokenMask[at] === 0) continue;
    const correction = options.biasCorrection ? ratioAt(arrays, logprobs, at, ratioLevel) : 1;
    const divergence = divergenceAt(arrays.referenceLogprobs[at]! - logprobs[at]!, options.estimator);
    const value =
      arrays.tokenWeights[at]! * perToken(at) +
      options.beta * correction * divergence -
      options.bonus * arrays.entropies[at]! +
      arrays.slopes[at]! * (logprobs[at]! - arrays.behaviorLogprobs[at]!);
    loss += arrays.weights[at]! * value;
  }
  return loss;
}

/** Central differences of the reference by each logprob. */
function referenceSlopes(arrays: Arrays, options: Setting): number[] {
  const step = 1e-6;
  return Array.from(arrays.logprobs, (_, at) => {
    const [up, down] = [step, -step].map((change) => {
      const moved = Float64Array.from(arrays.logprobs);
      moved[at]! += change;
      return referenceLoss(arrays, moved, options);
    });
    return (up! - down!) / (2 * step);
  });
}

function evaluate(arrays: Arrays, options: Setting): { loss: number; slopes: Float32Array } {
  const objective = toTerms(options);
  return tf.tidy(() => {
    const tensors = Object.fromEntries(
      Object.entries(arrays).map(([name, values]) => [name, tf.tensor2d(values, [ROWS, WIDTH])]),
    ) as Record<keyof Arrays, tf.Tensor2D>;
    const { logprobs, entropies, ...others } = tensors;
    const columns = toLossColumns(others, objective);
    const computeLoss = (moved: tf.Tensor): tf.Scalar =>
      tf.sum(computePolicyLoss({ logprobs: moved as tf.Tensor2D, entropies }, columns, objective).rows);
    const { value, grad } = tf.valueAndGrad(computeLoss)(logprobs);
    // Adding 0 makes a zero of either sign the same zero.
    return { loss: value.dataSync()[0]!, slopes: Float32Array.from(grad.dataSync(), (slope) => slope + 0) };
  });
}

function* listOptions(objective: Setting['objective']): Generator<Setting> {
  const divergences = (['k1', 'k2', 'k3'] as const).flatMap((estimator) =>
    [false, true].map((biasCorrection) => ({ beta: 0.3, estimator, biasCorrection })),
  );
  // The score function has no ratio, so its KL is corrected by that of the token.
  const levels = objective === 'reinforce' ? (['token'] as const) : (['token', 'sequence'] as const);
  for (const ratioLevel of levels) {
    for (const delta of [null, 1.5]) {
      for (const bonus of [0, 0.1]) {
        for (const divergence of [{ beta: 0 }, ...divergences]) {
          yield { ...defaults, objective, ratioLevel, delta, bonus, ...divergence };
        }
      }
    }
  }
}

for (const objective of objectives) {
  test(`${objective}: loss and gradient equal float64 formulas and their differences under all settings`, () => {
    const tensors = tf.memory().numTensors;
    const arrays = createArrays();
    for (const options of listOptions(objective)) {
      const { loss, slopes } = evaluate(arrays, options);
      const want = referenceLoss(arrays, Float64Array.from(arrays.logprobs), options);
      const label = JSON.stringify(options);
      assert.ok(Math.abs(loss - want) < 1e-5, `loss ${loss} for ${want} under ${label}`);
      referenceSlopes(arrays, options).forEach((slope, at) => {
        assert.ok(Math.abs(slopes[at]! - slope) < 1e-5, `slope ${at}: ${slopes[at]} for ${slope}, ${label}`);
      });
    }
    assert.equal(tf.memory().numTensors, tensors);
  });
}

test('numbers on masked tokens change neither loss nor gradient, however large', () => {
  const arrays = createArrays();
  const noisy = Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => {
      const isNoise = ['logprobs', 'behaviorLogprobs', 'referenceLogprobs', 'entropies', 'credit'].includes(
        name,
      );
      return [
        name,
        values.map((value, at) => (isNoise && arrays.tokenMask[at] === 0 ? -1e30 + at * 1e28 : value)),
      ];
    }),
  ) as Arrays;
  for (const objective of objectives) {
    for (const options of listOptions(objective)) {
      assert.deepEqual(evaluate(noisy, options), evaluate(arrays, options), JSON.stringify(options));
    }
  }
});

/** Options under which the ratio of a token of this credit is taken away, so that its overflow must not be seen. */
const overflows: readonly (readonly [string, Partial<Setting>, { credit: number; tokenWeight: number }])[] = [
  ['cispo, whose weight is capped', { objective: 'cispo', cap: 2 }, { credit: -1, tokenWeight: 1 }],
  ['clipped, a positive credit', { objective: 'clipped' }, { credit: 1, tokenWeight: 1 }],
  [
    'clipped with delta, a negative credit',
    { objective: 'clipped', delta: 1.5 },
    { credit: -1, tokenWeight: 1 },
  ],
  ['clipped, no credit', { objective: 'clipped' }, { credit: 0, tokenWeight: 1 }],
  ['clipped, a negative credit that is masked', { objective: 'clipped' }, { credit: -1, tokenWeight: 0 }],
  ['unclipped, no credit', { objective: 'unclipped' }, { credit: 0, tokenWeight: 1 }],
  ['unclipped, a credit that is masked', { objective: 'unclipped' }, { credit: 1, tokenWeight: 0 }],
  ['reinforce, which reads no ratio', { objective: 'reinforce' }, { credit: 1, tokenWeight: 1 }],
];

/** The behavior policy held the first row's tokens for nearly impossible: e^300 overflows float32 and not float64. */
function createOverflow({ credit, tokenWeight }: { credit: number; tokenWeight: number }): Arrays {
  const arrays = createArrays();
  arrays.behaviorLogprobs.fill(-300, 0, WIDTH);
  arrays.credit.fill(credit, 0, WIDTH);
  arrays.tokenWeights.fill(tokenWeight, 0, WIDTH);
  arrays.slopes.fill(0);
  return arrays;
}

for (const ratioLevel of ['token', 'sequence'] as const) {
  for (const [name, changes, token] of overflows) {
    test(`${name}: a ${ratioLevel} ratio that overflows leaves loss and gradient as in float64`, () => {
      const arrays = createOverflow(token);
      const options = { ...defaults, ...changes, ratioLevel };
      const { loss, slopes } = evaluate(arrays, options);
      const want = referenceLoss(arrays, Float64Array.from(arrays.logprobs), options);
      assert.ok(Math.abs(loss - want) < 1e-5, `loss ${loss} for ${want}`);
      referenceSlopes(arrays, options).forEach((slope, at) => {
        assert.ok(Math.abs(slopes[at]! - slope) < 1e-5, `slope ${at}: ${slopes[at]} for ${slope}`);
      });
    });
  }

  test(`where a ${ratioLevel} ratio that overflows is the loss itself, the loss is not finite`, () => {
    for (const objective of ['clipped', 'unclipped'] as const) {
      const { loss } = evaluate(createOverflow({ credit: -1, tokenWeight: 1 }), {
        ...defaults,
        objective,
        ratioLevel,
      });
      assert.equal(Number.isFinite(loss), false, objective);
    }
  });
}

test('a logprob that is not a number stays one under every objective that reads it', () => {
  for (const objective of objectives) {
    const arrays = createArrays();
    arrays.logprobs[0] = NaN;
    arrays.tokenWeights.fill(1, 0, WIDTH);
    assert.equal(evaluate(arrays, { ...defaults, objective }).loss, NaN, objective);
  }
});
