import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { defineScheme } from '../../config/scheme.ts';
import {
  findLeak,
  fingerprintOf,
  REWARDS,
  teach,
  WIDTH,
  type Outcome,
} from '../../learning/teach.fixture.ts';
import { selectBackend, type BackendChoice } from '../../model/backends/backend.ts';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { signals } from '../signals/index.ts';
import { creditRules } from './index.ts';
import { CreditOrderError } from './credit-order-error.ts';

const table: OptionTable = {
  'return.gamma': { values: [0.9] },
  'return.klInReward': { values: [0.1] },
  'teacher-gap.weight': { values: [0.5] },
  'teacher-gap.gamma': { values: [0.9] },
  'fixed.by': { values: signals.names.filter((name) => name !== 'surprisal') },
  'fixed.share': { values: [0.5] },
  'fixed.value': { values: [-0.5] },
  'gae.gamma': { values: [0.9] },
  'gae.lambda': { values: [0.9] },
  'gae.klInReward': { values: [0.1] },
  'gae.learningRateFactor': { values: [1] },
  'gae.valueClip': { values: [null, 0.1] },
  'select.by': { values: signals.names },
  'select.share': { values: [0.5, 1] },
  'select.rest': { values: [0.5] },
  'top-entropy.share': { values: [0.5, 1] },
  'clip-cov.share': { values: [0.1], under: { low: 0 } },
  'clip-cov.low': { values: [0], under: { share: 1 } },
  'clip-cov.high': { values: [0.3], under: { share: 1, low: 0 } },
  'kl-cov.share': { values: [0.2] },
  'kl-cov.penalty': { values: [0, 0.1] },
};

before(async () => {
  const backend = (process.env['ASSAY_TEST_BACKEND'] ?? 'auto') as BackendChoice;
  await selectBackend({ backend, cacheDirectory: defaultCacheDirectory() });
});

/** What a rule teaches alone, after `spread` and before it: wherever it may stand. */
function teachBy(name: string, options: object): readonly Outcome[] {
  const rule = { name, options: { ...options } };
  const outcomes = [[rule], ['spread', rule], [rule, 'spread']].flatMap((credit) => {
    try {
      return [teach(defineScheme({ name, title: name, source: 'none', rewards: ['verifier'], credit }))];
    } catch (error) {
      if (error instanceof CreditOrderError) return [];
      throw error;
    }
  });
  assert.ok(outcomes.length > 0, `${name} may stand nowhere`);
  return outcomes;
}

for (const part of creditRules.parts) {
  test(`${part.name}: works once per step or before every optimizer step, not both`, () => {
    assert.equal(Number(part.shape !== undefined) + Number(part.rule !== undefined), 1);
  });

  test(`${part.name}: finite, from the columns it says it needs, and silent on masked tokens and unscored rollouts`, () => {
    for (const outcome of listSettings(part, table).flatMap((options) => teachBy(part.name, options))) {
      assert.equal(findLeak(outcome), null);
      const unscored = REWARDS.indexOf(null) * WIDTH;
      assert.ok(outcome.credit.subarray(unscored, unscored + WIDTH).every((credit) => credit === 0));
      const { credit, lesson } = outcome;
      assert.ok(credit.some((value, at) => value * lesson.tokenWeights[at]! !== 0));
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes credit, weights or slopes, or how a critic learns`, () => {
      const outcomes = list().map((options) => {
        const critic = JSON.stringify(part.critic?.(options));
        return [critic, ...teachBy(part.name, options).map(fingerprintOf)].join();
      });
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
