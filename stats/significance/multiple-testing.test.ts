import assert from 'node:assert/strict';
import { test } from 'node:test';
import { correctFamilies } from './multiple-testing.ts';

test('by hand: a claim is corrected among its own hypotheses, and all claims together', () => {
  const found = correctFamilies([
    { name: 'a', p: [0.01, 0.04] },
    { name: 'b', p: [0.03] },
    { name: 'c', p: [] },
  ]);
  // Over all, ascending .01 .03 .04: Holm 3·.01, 2·.03, max(.06, .04); BH min over ranks of 3·.01, 3/2·.03, .04.
  const expected = [
    ['a', 0, 0.02, 0.02, 0.03, 0.03],
    ['a', 1, 0.04, 0.04, 0.06, 0.04],
    ['b', 0, 0.03, 0.03, 0.06, 0.04],
  ] as const;
  assert.equal(found.length, 3);
  expected.forEach(([claim, index, ...numbers], i) => {
    const row = found[i]!;
    assert.deepEqual([row.claim, row.index], [claim, index]);
    [row.holmWithin, row.bhWithin, row.holmOverall, row.bhOverall].forEach((value, j) =>
      assert.ok(Math.abs(value - numbers[j]!) < 1e-12, `${claim} ${index}: ${value}, expected ${numbers[j]}`),
    );
  });
});

test('over all claims Holm never accuses less than within one', () => {
  for (const row of correctFamilies([
    { name: 'a', p: [0.001, 0.02, 0.5] },
    { name: 'b', p: [0.01, 0.9] },
  ]))
    // prettier-ignore
    assert.ok(row.holmOverall >= row.holmWithin && row.holmWithin >= row.p);
  assert.deepEqual(correctFamilies([]), []);
  assert.throws(() => correctFamilies([{ name: 'a', p: [1.2] }]), RangeError);
});
