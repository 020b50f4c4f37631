import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sealLock, type FixedByLock } from '../config/claim-lock.ts';
import { exampleRegistration, openExampleStore, temporaryStorePath } from '../db/example-store.fixture.ts';
import { listClaimLocks } from '../db/queries/claim-locks.ts';
import { startRun } from '../db/queries/runs.ts';
import {
  countStartedRuns,
  holdToLock,
  LockDeviationError,
  recordLockedLaunch,
  UnlockedClaimError,
} from './claim-lock.ts';

const declared: FixedByLock = {
  version: 1,
  claim: 'demo',
  scale: 'small',
  experiment: exampleRegistration.experiment.id,
  baseline: 'base',
  hypotheses: [{ claim: 'It is better.', margin: { value: 0.03, unit: 'fraction' } }],
  checks: {},
  conditions: { grpo: 'c'.repeat(64) },
  bases: [0, 1, 2],
  seeds: [0],
  problems: { clean: 96 },
  samplesPerProblem: 64,
  alpha: 0.05,
  analysis: 'd'.repeat(64),
  recipes: {},
};
const lock = sealLock({ ...declared, history: [], lockedAt: '2026-11-30T00:00:00.000Z' });
const held = { lock, deviate: undefined, argument: 'demo' };
const wider = { ...declared, bases: [0, 1, 2, 3] };

test('a claim without a lock is refused with the command that locks it', () => {
  assert.throws(
    () => holdToLock(declared, { lock: null, deviate: 'because', argument: 'my/demo.yaml' }),
    (error) =>
      error instanceof UnlockedClaimError &&
      error.message.includes('`assay claims lock my/demo.yaml --scale small`') &&
      error.message.includes('tiny needs none'),
  );
});

test('a declaration that deviates is refused field by field, and goes on with a reason', () => {
  assert.throws(
    () => holdToLock(wider, held),
    (error) =>
      error instanceof LockDeviationError &&
      /\n {2}bases: locked \[0,1,2\], now \[0,1,2,3\]\n.*--deviate REASON/.test(error.message),
  );
  assert.equal(holdToLock(wider, { ...held, deviate: 'more power' }).reason, 'more power');
  assert.equal(holdToLock(declared, { ...held, deviate: 'not needed' }).reason, null);
});

test('the store keeps each lock and declaration once, with deviations and reason', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  recordLockedLaunch(db, holdToLock(declared, held));
  recordLockedLaunch(db, holdToLock(declared, held));
  recordLockedLaunch(db, holdToLock(wider, { ...held, deviate: 'more power' }));
  recordLockedLaunch(db, holdToLock(wider, { ...held, deviate: 'another word for it' }));
  const rows = listClaimLocks(db, 'e1');
  assert.deepEqual(
    rows.map(({ lockSha256, deviations, reason }) => [lockSha256, deviations, reason]),
    [
      [lock.sha256, '[]', null],
      [lock.sha256, '[{"locked":[0,1,2],"now":[0,1,2,3],"path":"bases"}]', 'more power'],
    ],
  );
});

test('runs that have started are counted, and those that only stand there are not', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  assert.equal(countStartedRuns(db, lock), 0);
  startRun(db, 'r1', { sources: 's', provenance: '{}' });
  assert.equal(countStartedRuns(db, lock), 1);
});
