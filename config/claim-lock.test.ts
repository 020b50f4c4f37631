import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  BrokenLockError,
  describeDeviation,
  fixedBy,
  listDeviations,
  parseLock,
  sealLock,
  type FixedByLock,
} from './claim-lock.ts';

const digest = (digit: string): string => digit.repeat(64);

const fixed: FixedByLock = {
  version: 1,
  claim: 'demo',
  scale: 'small',
  experiment: digest('a'),
  baseline: 'base',
  hypotheses: [{ claim: 'GRPO is better.', margin: { value: 0.03, unit: 'fraction' } }],
  checks: {},
  conditions: { base: digest('b'), grpo: digest('c') },
  bases: [0, 1, 2],
  seeds: [0],
  problems: { clean: 96 },
  samplesPerProblem: 64,
  alpha: 0.05,
  analysis: digest('d'),
  recipes: { boundary: { fingerprint: digest('e'), card: null } },
};
const lock = sealLock({ ...fixed, history: [], lockedAt: '2026-11-30T00:00:00.000Z' });

test('a lock’s hash covers everything but its date', () => {
  assert.equal(sealLock({ ...lock, lockedAt: '2027-01-01T00:00:00.000Z' }).sha256, lock.sha256);
  assert.notEqual(sealLock({ ...lock, samplesPerProblem: 65 }).sha256, lock.sha256);
  const history = [{ sha256: digest('f'), reason: 'another metric' }];
  assert.notEqual(sealLock({ ...lock, history }).sha256, lock.sha256);
});

test('a lock that was changed by hand, or is none, is refused with its place', () => {
  assert.deepEqual(parseLock(JSON.parse(JSON.stringify(lock)), 'demo-small.json'), lock);
  assert.throws(
    () => parseLock({ ...lock, bases: [0, 1, 2, 3] }, 'demo-small.json'),
    (error) =>
      error instanceof BrokenLockError && /^demo-small\.json: says sha256 .*restore it/.test(error.message),
  );
  assert.throws(
    () => parseLock({ ...fixed }, 'demo-small.json'),
    (error) => error instanceof BrokenLockError && /not a lock of a claim/.test(error.message),
  );
});

test('deviations are listed field by field, with both sides', () => {
  assert.deepEqual(listDeviations(fixedBy(lock), fixed), []);
  const now: FixedByLock = {
    ...fixed,
    experiment: digest('9'),
    hypotheses: [
      { claim: 'GRPO is better.', margin: { value: 0.05, unit: 'fraction' } },
      { claim: 'So is RLOO.' },
    ],
    conditions: { base: digest('b') },
    bases: [0, 1],
  };
  const found = listDeviations(fixedBy(lock), now);
  assert.deepEqual(found, [
    { path: 'bases', locked: [0, 1, 2], now: [0, 1] },
    { path: 'conditions.grpo', locked: digest('c'), now: null },
    { path: 'hypotheses.0.margin.value', locked: 0.03, now: 0.05 },
    { path: 'hypotheses.1', locked: null, now: { claim: 'So is RLOO.' } },
  ]);
  assert.equal(describeDeviation(found[2]!), 'hypotheses.0.margin.value: locked 0.03, now 0.05');
  assert.equal(describeDeviation(found[3]!), 'hypotheses.1: locked absent, now {"claim":"So is RLOO."}');
});

test('a member left out and one that is undefined are the same', () => {
  const hypotheses = [{ ...fixed.hypotheses[0], interest: undefined }];
  assert.deepEqual(listDeviations(fixedBy(lock), { ...fixed, hypotheses }), []);
});
