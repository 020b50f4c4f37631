import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeDeadGroups, expectDeadGroups } from './dead-groups.ts';

test('dead groups are expected without bias from the counts of each problem', () => {
  // 2 of 4 right: pairs all right C(2,2)/C(4,2) = 1/6, all wrong 1/6; 4 of 4: 1. Mean of 1/3 and 1.
  const found = expectDeadGroups(
    [
      { n: 4, c: 2 },
      { n: 4, c: 4 },
    ],
    2,
  )!;
  assert.ok(Math.abs(found - 2 / 3) < 1e-12);
  // With many samples it is p^G + (1 − p)^G: .7^8 + .3^8 = .0577.
  assert.ok(Math.abs(expectDeadGroups([{ n: 100_000, c: 70_000 }], 8)! - (0.7 ** 8 + 0.3 ** 8)) < 1e-4);
});

test('fewer samples than a group, or no problem, leave it unknown', () => {
  assert.equal(
    expectDeadGroups(
      [
        { n: 8, c: 4 },
        { n: 4, c: 4 },
      ],
      8,
    ),
    null,
  );
  assert.equal(expectDeadGroups([], 8), null);
  assert.match(describeDeadGroups('edge', 8, null), /unknown/);
});

test('more than half is a warning, with the number', () => {
  assert.match(describeDeadGroups('edge', 8, 0.72), /^base edge, groups of 8: warning: .*0\.72 expected/);
  assert.doesNotMatch(describeDeadGroups('edge', 8, 0.5), /warning/);
});
