import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../model/backends/backend.ts';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { schemeSchema, type Scheme } from '../config/scheme.ts';
import { cutMicroBatch } from './micro-batches.ts';
import { computePolicyLoss, type LossInput } from './policy-gradient-loss.ts';
import { isClipped, sumRatios } from './ratio-statistics.ts';
import { createBatch, createToyPolicy } from './toy-update.fixture.ts';
import { disposePolicy } from '../model/network/policy.ts';

const defaults = schemeSchema.shape.loss.parse(undefined);

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** The slope of the clipped loss of one token by its logprob. */
function slopeOf(ratio: number, credit: number, options: Scheme['loss']): number {
  return tf.tidy(() => {
    const one = tf.tensor2d([1], [1, 1]);
    const fixed = {
      behaviorLogprobs: tf.tensor2d([-2], [1, 1]),
      entropies: one,
      referenceLogprobs: null,
      credit: tf.tensor2d([credit], [1, 1]),
      tokenMask: one,
      gradientMask: one,
      weights: one,
      entropyWeights: null,
      penaltySlopes: null,
    } satisfies Omit<LossInput, 'logprobs'>;
    const loss = (logprobs: tf.Tensor): tf.Scalar =>
      tf.sum(computePolicyLoss({ ...fixed, logprobs: logprobs as tf.Tensor2D }, options).rows);
    return tf
      .grad(loss)(tf.tensor2d([-2 + Math.log(ratio)], [1, 1]))
      .dataSync()[0]!;
  });
}

test('a token counts as clipped exactly when its gradient is gone, for caps below and above the upper clip', () => {
  for (const delta of [null, 0.9, 1.1, 1.5]) {
    const options = { ...defaults, delta };
    for (const ratio of [0.5, 0.85, 0.95, 1.05, 1.15, 1.3, 1.7]) {
      for (const credit of [1, -1]) {
        const isGone = slopeOf(ratio, credit, options) === 0;
        assert.equal(isClipped(ratio, credit, options), isGone, `ratio ${ratio}, credit ${credit}, ${delta}`);
      }
    }
  }
});

test('ratios that over- or underflow leave finite statistics', () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 1);
  const part = cutMicroBatch(batch, [0, 1, 2, 3], 4);
  const ratio = Float32Array.from({ length: part.tokens.count * part.completionLength }, (_, at) =>
    at % 2 === 0 ? Infinity : 0,
  );
  const sums = sumRatios(batch, part, { ratio, options: defaults });
  assert.ok(Object.values(sums).every(Number.isFinite), JSON.stringify(sums));
  assert.ok(sums.divergence >= 19 * sums.tokens);
  disposePolicy(policy);
});
