import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FinalCounts } from '../comparison/final-counts.ts';
import { tabulatePassAtK, type PassAtKRow } from './pass-at-k-table.ts';

/** Two runs of four samples per problem, with the given correct counts. */
function rowsOf(correct: readonly (readonly number[])[]): PassAtKRow[] {
  const final = {
    condition: 'grpo',
    split: 'clean',
    problemIds: correct[0]!.map((_, p) => `p${p}`),
    counts: correct.map((row) => row.map((c) => ({ n: 4, c }))),
    seeds: correct.map((_, run) => run),
    bases: correct.map(() => 0),
  } as unknown as FinalCounts;
  return tabulatePassAtK([final]);
}

const near = (found: number, expected: number): void =>
  assert.ok(Math.abs(found - expected) < 1e-6, `${found} is not ${expected}`);

test('where nothing was ever solved the upper end is what as many problems can exclude, at every k', () => {
  const none = Array<number>(20).fill(0);
  for (const { mean, low, high } of rowsOf([none, none])) {
    assert.deepEqual([mean, low], [0, 0]);
    near(high, 1 - 0.025 ** (1 / 20));
  }
});

test('where every problem is solved at k the lower end mirrors it, and a row without spread has a width too', () => {
  const once = Array<number>(20).fill(1);
  const [atOne, , atFour] = rowsOf([once, once]);
  near(atFour!.low, 0.025 ** (1 / 20));
  assert.equal(atFour!.high, 1);
  // 1 of 4 on every problem has no spread either: 5 of 20 problems solved always would look no different.
  near(atOne!.low, 0.0865715);
  near(atOne!.high, 0.4910459);
});
