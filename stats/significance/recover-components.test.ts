import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recoverShares } from './recover-components.ts';

const close = (found: number, expected: number): void =>
  assert.ok(Math.abs(found / expected - 1) < 1e-3, `${found} against ${expected}`);

test('the two parts of the error are recovered from interval and detectable effect', () => {
  // t(4): .025 2.7764, .05 2.1318, .2 .9410; t(95): 1.9853, 1.6611, .8453. Error² .0004, three quarters of it between bases.
  const half = 0.02 * (0.75 * 2.7764 + 0.25 * 1.9853);
  const detectable = 0.02 * (0.75 * (2.1318 + 0.941) + 0.25 * (1.6611 + 0.8453));
  const found = recoverShares({ half, detectable, bounds: 1, units: 5, problems: 96 })!;
  assert.ok(Math.abs(found.runs - 0.0003) < 2e-6 && Math.abs(found.problems - 0.0001) < 2e-6);
});

test('one number per run has no part of the problems, and equivalence halves what it may miss', () => {
  // t(4): .1 1.5332063
  const half = 0.1 * 2.7764451;
  const found = recoverShares({
    half,
    detectable: 0.1 * (2.1318468 + 0.9409646),
    bounds: 1,
    units: 5,
    problems: 1,
  })!;
  close(found.runs, 0.01);
  assert.equal(found.problems, 0);
  const both = { half, detectable: 0.1 * (2.1318468 + 1.5332063), bounds: 2, units: 5, problems: 1 } as const;
  close(recoverShares(both)!.runs, 0.01);
});

test('figures of another rule, and of nothing that varied, are not taken for it', () => {
  assert.equal(recoverShares({ half: 0.02, detectable: 0.05, bounds: 1, units: 5, problems: 96 }), null);
  assert.equal(recoverShares({ half: 0.02, detectable: 0.021, bounds: 1, units: 5, problems: 1 }), null);
  assert.equal(recoverShares({ half: 0, detectable: 0, bounds: 1, units: 5, problems: 96 }), null);
});
