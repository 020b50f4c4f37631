import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { defineScheme } from '../../config/scheme.ts';
import { computePolicyLoss, termColumn } from '../../learning/gradients/policy-loss.ts';
import { findLeak, fingerprintOf, teach, type Outcome } from '../../learning/teach.fixture.ts';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { terms } from './index.ts';
import type { ObjectiveTerm } from './term.ts';

const table: OptionTable = {
  'clipped.epsilonLow': { values: [0.4] },
  'clipped.epsilonHigh': { values: [0.4] },
  'clipped.delta': { values: [1.1, 1.6] },
  'cispo.cap': { values: [1.3] },
  'divergence.beta': { values: [0, 1, 0.1] },
  // The rollouts' mean entropy is about 1: one target switches the bonus off, the other leaves it on.
  'entropy.target': { values: [0.1, 3] },
  'entropy.step': { values: [0.01], under: { target: 3 } },
};

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

function teachBy({ name, surrogate }: ObjectiveTerm<object>, options: object): Outcome {
  const term = { name, options: { ...options }, weight: 0.1 };
  const objective = surrogate === undefined ? ['reinforce', term] : [term];
  return teach(defineScheme({ name, title: name, source: 'none', rewards: ['verifier'], objective }));
}

const RATIOS = [0.3, 0.7, 0.9, 1, 1.05, 1.15, 1.3, 1.5, 1.8, 4, 7];
const CREDITS = [-1.5, -0.2, 0, 0.2, 1.5];

/** By the logprob of a lone token, for each ratio in turn. */
function slopesOf(part: ObjectiveTerm<object>, options: object, credit: number): Float32Array {
  return tf.tidy(() => {
    const column = (values: readonly number[]): tf.Tensor2D => tf.tensor2d([...values], [RATIOS.length, 1]);
    const ones = column(RATIOS.map(() => 1));
    const columns = {
      logprobs: column(RATIOS.map(() => -2)),
      credit: column(RATIOS.map(() => credit)),
      tokenMask: ones,
      tokenWeights: ones,
      [termColumn(0)]: ones,
    };
    const term = { part, options: options as Record<string, unknown>, weight: 1 };
    const gradient = tf.grad((logprobs) =>
      tf.sum(computePolicyLoss({ logprobs: logprobs as tf.Tensor2D, entropies: ones }, columns, [term]).rows),
    );
    return Float32Array.from(gradient(column(RATIOS.map((ratio) => Math.log(ratio) - 2))).dataSync());
  });
}

for (const part of terms.parts) {
  test(`${part.name}: finite and silent on masked tokens, and something learns`, () => {
    for (const options of listSettings(part, table)) {
      const outcome = teachBy(part, options);
      assert.equal(findLeak(outcome), null);
      assert.ok(outcome.gradients.some((slopes) => slopes.some((slope) => slope !== 0)));
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes the loss, its gradient or what is remembered`, () => {
      const outcomes = list().map((options) => fingerprintOf(teachBy(part, options)));
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }

  if (part.surrogate === undefined) continue;
  const { isClipped } = part.surrogate;

  test(`${part.name}: it is clipped exactly where a clip takes the gradient away or limits it`, () => {
    for (const options of listSettings(part, table)) {
      for (const credit of CREDITS) {
        const slopes = slopesOf(part, options, credit);
        const [atOne, beyond] = [1, 1.05].map((ratio) => slopes[RATIOS.indexOf(ratio)]!);
        // Without a clip a slope is that of ratio 1 times the ratio, or has no ratio in it.
        const hasRatio = Math.abs(beyond! - atOne!) > 1e-4;
        RATIOS.forEach((ratio, at) => {
          const free = hasRatio ? atOne! * ratio : atOne!;
          const isLimited = Math.abs(slopes[at]! - free) > 1e-4;
          const place = `${JSON.stringify(options)}, ratio ${ratio}, credit ${credit}: ${slopes[at]}`;
          assert.equal(isClipped(ratio, credit, options), isLimited, place);
        });
      }
    }
  });
}
