import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Split } from './problem.ts';
import { openTask } from './index.ts';
import { splitOfKey } from './split-draw.ts';

test('keys fall into the splits in their shares, whatever the parity of their characters', () => {
  for (const suffix of ['=', '0=', '+1=']) {
    const counts = new Map<Split, number>();
    for (let i = 0; i < 20_000; i += 1) {
      const split = splitOfKey(`${2 * i}${suffix}`);
      counts.set(split, (counts.get(split) ?? 0) + 1);
    }
    assert.ok(Math.abs(counts.get('train')! / 20_000 - 0.8) < 0.01, `train ${counts.get('train')}`);
    for (const split of ['dev', 'clean', 'contaminated', 'harder'] as const) {
      assert.ok(Math.abs(counts.get(split)! / 20_000 - 0.05) < 0.006, `${split} ${counts.get(split)}`);
    }
  }
});

test('no problem is in two splits over thousands of keys, whatever the seed and the options', () => {
  const owners = new Map<string, Split>();
  for (const options of [
    {},
    { operations: 6, harderOperations: 7 },
    { operators: ['+'], formats: ['direct'] },
  ]) {
    const task = openTask('arithmetic', { leakedProblems: 150, ...options });
    for (const split of task.splits) {
      for (const seed of [0, 1, 12345]) {
        for (let index = 0; index < (split === 'train' ? 3000 : 150); index += 1) {
          const { key } = task.problem(split, seed, index);
          assert.equal(owners.get(key) ?? split, split, key);
          owners.set(key, split);
        }
      }
    }
  }
  assert.ok(owners.size > 30_000, `${owners.size} keys`);
});
