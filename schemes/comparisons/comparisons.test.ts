import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberGroups } from '../../rollouts/rollout-batch.fixture.ts';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { comparisons } from './index.ts';

const table: OptionTable = {
  'signed.positive': { values: [0.1] },
  'signed.negative': { values: [0.1] },
  'pass-at-k.k': { values: [1, 3] },
};

const GROUP = 4;
/** Mixed, mixed without a reward for one, all correct, none correct. */
const REWARDS = [1, 0, 0, 0, 1, null, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0] as const;
const groups = numberGroups(REWARDS.length, GROUP);

function assertClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(found.length, expected.length);
  for (let at = 0; at < found.length; at += 1) {
    assert.ok(Math.abs(found[at]! - expected[at]!) < 1e-6, `rollout ${at}: ${found[at]} ≠ ${expected[at]}`);
  }
}

for (const part of comparisons.parts) {
  const settings = listSettings(part, table);

  test(`${part.name}: permuting a group permutes its advantages and leaves the other groups alone`, () => {
    const order = [2, 0, 3, 1, 5, 4, 7, 6, ...REWARDS.keys()].filter(
      (row, at, all) => all.indexOf(row) === at,
    );
    for (const options of settings) {
      const plain = part.compare(REWARDS, groups, options);
      const permuted = part.compare(
        order.map((row) => REWARDS[row]!),
        groups,
        options,
      );
      assertClose(
        permuted,
        order.map((row) => plain[row]!),
      );
    }
  });

  test(`${part.name}: advantages are finite, some are not 0, the unscored get 0 and change nothing for others`, () => {
    const scored = [...REWARDS.keys()].filter((row) => REWARDS[row] !== null);
    for (const options of settings) {
      const advantages = part.compare(REWARDS, groups, options);
      assert.ok(advantages.every(Number.isFinite) && advantages.some((value) => value !== 0));
      assert.equal(advantages[REWARDS.indexOf(null)], 0);
      const without = part.compare(
        scored.map((row) => REWARDS[row]!),
        Int32Array.from(scored, (row) => groups[row]!),
        options,
      );
      assertClose(
        without,
        scored.map((row) => advantages[row]!),
      );
    }
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes the advantages`, () => {
      const outcomes = list().map((options) => part.compare(REWARDS, groups, options).join());
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
