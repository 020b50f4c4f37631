import assert from 'node:assert/strict';
import { test } from 'node:test';
import { widenInvisible, widenInvisibleGap } from './exact-ends.ts';

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);
const all = (value: number): number[] => Array<number>(20).fill(value);
/** What 20 of 20 can exclude below 1, and none of 20 above 0. */
const LOW = 0.025 ** (1 / 20);

test('levels at an edge have the ends that as many problems can exclude', () => {
  const at = (value: number) =>
    widenInvisible({ low: value, high: value }, all(value), { of: 'level', level: 0.95 });
  near(at(0).low, 0);
  near(at(0).high, 1 - LOW);
  near(at(1).low, LOW);
  near(at(1).high, 1);
});

test('a difference that is 0 on every problem is not known to be 0 on others, to either side', () => {
  const { low, high } = widenInvisible({ low: 0, high: 0 }, all(0), { of: 'difference', level: 0.95 });
  near(low, LOW - 1);
  near(high, 1 - LOW);
});

test('an interval with a width stays as it is, but for what no score can reach', () => {
  assert.deepEqual(widenInvisible({ low: 0.9, high: 1.1 }, all(1), { of: 'level', level: 0.95 }), {
    low: 0.9,
    high: 1,
  });
});

test('a gap of nothing solved on either split is open to both sides by both', () => {
  const { low, high } = widenInvisibleGap({ low: 0, high: 0 }, [all(0), all(0)], {
    of: 'level',
    level: 0.95,
  });
  near(low, LOW - 1);
  near(high, 1 - LOW);
});
