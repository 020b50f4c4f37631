import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { disposePolicy } from '../../model/network/policy.ts';
import { terms } from '../../schemes/terms/index.ts';
import { cutMicroBatch } from './micro-batches.ts';
import { computePolicyLoss, termColumn, type WeightedTerm } from './policy-loss.ts';
import { measureRatios, sumRatios } from './ratio-statistics.ts';
import { createBatch, createToyPolicy } from '../toy-update.fixture.ts';

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** The slope of the clipped loss of one token by its logprob. */
function slopeOf(ratio: number, credit: number, term: WeightedTerm): number {
  return tf.tidy(() => {
    const one = tf.tensor2d([1], [1, 1]);
    const columns = {
      logprobs: tf.tensor2d([-2], [1, 1]),
      credit: tf.tensor2d([credit], [1, 1]),
      tokenMask: one,
      tokenWeights: one,
      [termColumn(0)]: one,
    };
    const loss = (logprobs: tf.Tensor): tf.Scalar =>
      tf.sum(computePolicyLoss({ logprobs: logprobs as tf.Tensor2D, entropies: one }, columns, [term]).rows);
    return tf
      .grad(loss)(tf.tensor2d([-2 + Math.log(ratio)], [1, 1]))
      .dataSync()[0]!;
  });
}

test('a token counts as clipped exactly when its gradient is gone, for caps below and above the upper clip', () => {
  for (const delta of [null, 0.9, 1.1, 1.5]) {
    const term = { ...terms.open('clipped', { delta }), weight: 1 };
    const { isClipped } = term.part.surrogate!;
    for (const ratio of [0.5, 0.85, 0.95, 1.05, 1.15, 1.3, 1.7]) {
      for (const credit of [1, -1]) {
        const isGone = slopeOf(ratio, credit, term) === 0;
        assert.equal(
          isClipped(ratio, credit, term.options),
          isGone,
          `ratio ${ratio}, credit ${credit}, ${delta}`,
        );
      }
    }
  }
});

test('a token is freed exactly when equal bounds would have silenced it and the wider upper one does not', () => {
  const { part, options } = terms.open('clipped', { epsilonLow: 0.2, epsilonHigh: 0.5 });
  const { isClipped, isFreed } = part.surrogate!;
  const equal = terms.open('clipped', { epsilonLow: 0.2, epsilonHigh: 0.2 }).options;
  for (const ratio of [0.5, 0.85, 1.05, 1.3, 1.7]) {
    for (const credit of [1, -1, 0]) {
      const isSaved = isClipped(ratio, credit, equal) && !isClipped(ratio, credit, options);
      assert.equal(isFreed!(ratio, credit, options), isSaved, `ratio ${ratio}, credit ${credit}`);
    }
  }
});

test('ratios that over- or underflow leave finite statistics', () => {
  const policy = createToyPolicy();
  const batch = createBatch(policy, 1);
  const part = cutMicroBatch(batch, [0, 1, 2, 3], 4);
  const ratio = Float32Array.from({ length: part.count * part.completionLength }, (_, at) =>
    at % 2 === 0 ? Infinity : 0,
  );
  const sums = sumRatios(part.perToken, { ratio, isClipped: (value) => value > 1.2, isFreed: () => false });
  assert.ok(Object.values(sums).every(Number.isFinite), JSON.stringify(sums));
  assert.equal(sums.clippedHigh, sums.clipped);
  assert.ok(sums.divergence >= 19 * sums.tokens);
  disposePolicy(policy);
});

test('a row of log ratios 0.5 and 0 has the ratios e^0.5 and 1, at sequence level e^0.25 for both and for its padding', () => {
  const batch = {
    completionLength: 3,
    perToken: {
      logprobs: Float32Array.of(-1.5, -3, 7),
      entropies: new Float32Array(3),
      credit: new Float32Array(3),
      tokenMask: Float32Array.of(1, 1, 0),
    },
  };
  const logprobs = Float32Array.of(-1, -3, 0);
  assert.deepEqual([...measureRatios(batch, logprobs, 'token')], [Math.exp(0.5), 1, 1]);
  assert.deepEqual([...measureRatios(batch, logprobs, 'sequence')], new Array(3).fill(Math.exp(0.25)));
});
