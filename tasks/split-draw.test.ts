import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Split } from './problem.ts';
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
