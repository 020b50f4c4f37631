import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Opened } from '../../config/part.ts';
import { exampleRollouts, rewardClaims } from '../conformance/reward-claims.ts';
import { listSettings, varyOptions, type OptionTable } from '../conformance/vary-options.ts';
import { rewards } from './index.ts';
import { deadlineOf, scoreReward, type Reward } from './reward.ts';

const table: OptionTable = {
  'format.format': { values: ['scratchpad'] },
  'marker.text': { values: ['#', null], under: { format: 'scratchpad' } },
  'marker.format': { values: ['scratchpad'] },
  'compound.reward': { values: ['format'] },
  'compound.options': { values: [{ rewardsMalformed: true }], under: { reward: 'incorrect' } },
  'compound.text': { values: ['#', null], under: { format: 'scratchpad' } },
  'compound.format': { values: ['scratchpad'] },
  'permuted.reward': { values: ['confidence'] },
  'permuted.options': { values: [{ kind: 'mean-probability' }], under: { reward: 'confidence' } },
  'random.probability': { values: [0.1, 1] },
  'brier.formatCredit': { values: [2] },
  'log-score.formatCredit': { values: [2] },
  'log-score.clamp': { values: [0.1] },
  'length.bufferShare': { values: [0.5] },
  'rubric.judge': { values: ['other'] },
  'rubric.weights': { values: [{ 'shows-steps': 3 }, { 'shows-steps': 0 }] },
};

function openDefaults(part: Reward<object>): Opened<Reward<object>> {
  return { part, options: part.optionsSchema.parse({}) as Readonly<Record<string, unknown>> };
}

// What is asked is no function of the rollout alone: activities/asking/ has its tests.
const computed = rewards.parts.filter((part) => deadlineOf(openDefaults(part)) === null);

for (const part of computed) {
  const settings = listSettings(part, table);

  for (const { claim, find } of rewardClaims)
    test(`${part.name}: ${claim}`, () => assert.deepEqual(find({ part, settings }), []));

  test(`${part.name}: by its defaults its value is within −1 and 1`, () => {
    const values = exampleRollouts.map((rollout) => scoreReward(openDefaults(part), rollout));
    assert.ok(values.every((value) => value === null || Math.abs(value) <= 1));
  });

  for (const { option, list } of varyOptions(part, table)) {
    test(`${part.name}.${option}: each value changes what some rollout is rewarded with`, () => {
      const outcomes = list().map((options) => {
        const reward = { part, options: options as Readonly<Record<string, unknown>> };
        return JSON.stringify(exampleRollouts.map((rollout) => scoreReward(reward, rollout)));
      });
      assert.equal(new Set(outcomes).size, outcomes.length);
    });
  }
}
