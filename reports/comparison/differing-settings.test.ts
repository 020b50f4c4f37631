import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differingSettings, flattenSettings } from './differing-settings.ts';

const verifier = { name: 'verifier', options: {}, weight: 1 };
const arm = (changes: { rewards?: object[]; steps?: number; temperature?: number; name?: string }) => ({
  scheme: {
    name: changes.name ?? 'grpo',
    title: changes.name ?? 'GRPO',
    rewards: changes.rewards ?? [verifier],
  },
  training: { steps: changes.steps ?? 100, groupSize: changes.steps === 0 ? 8 : 4 },
  evaluation: { temperature: changes.temperature ?? 1, splits: { clean: 96 } },
  task: { rows: [[1], [2]] },
});

test('a list of named parts is its order and what stands under each name; other lists are one value', () => {
  const rewards = [verifier, { name: 'length', options: { most: 3 }, weight: 0.5 }];
  assert.deepEqual(flattenSettings({ rewards, splits: ['a'], pool: null }), {
    rewards: 'verifier, length',
    'rewards.verifier.weight': '1',
    'rewards.length.options.most': '3',
    'rewards.length.weight': '0.5',
    splits: '["a"]',
    pool: 'null',
  });
});

test('only what differs is left, titles are not, and an untrained arm has no settings of training', () => {
  const found = differingSettings([
    arm({ name: 'base', steps: 0, temperature: 0.7 }),
    arm({}),
    arm({ rewards: [verifier, { name: 'length', weight: 0.5 }] }),
  ]);
  assert.deepEqual(found, [
    { 'evaluation.temperature': '0.7', 'scheme.name': 'base' },
    { 'evaluation.temperature': '1', 'scheme.name': 'grpo', 'scheme.rewards': 'verifier' },
    {
      'evaluation.temperature': '1',
      'scheme.name': 'grpo',
      'scheme.rewards': 'verifier, length',
      'scheme.rewards.length.weight': '0.5',
    },
  ]);
});
