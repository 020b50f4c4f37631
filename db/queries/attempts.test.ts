import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commitAttempt, StaleAttemptError, type AttemptKey } from './attempts.ts';
import { writeTransaction, type Database } from '../store/connection.ts';
import { openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';
import { startRun } from './runs.ts';
import { nextStepOf, recordStep } from './steps.ts';

const by = { provenance: '{}', sources: null };

const key = (epoch: number, stage: string, step = 0): AttemptKey => ({
  ...{ runId: 'r1', epoch, stage, step },
  ...{ attempt: 1, worker: 'w', startedAt: '2026-01-01T00:00:00.000Z' },
});

const commit = (db: Database, attempt: AttemptKey): void =>
  writeTransaction(db, (tx) => {
    if (attempt.stage === 'record')
      recordStep(tx, { runId: 'r1', step: attempt.step, rollouts: 1, tokens: 1 }, {});
    commitAttempt(tx, attempt);
  });

test('what belongs to an earlier opening of a run commits nothing, what belongs to the newest does', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const first = startRun(db, 'r1', by);
  const second = startRun(db, 'r1', by);
  assert.throws(() => commit(db, key(first, 'record')), StaleAttemptError);
  assert.equal(nextStepOf(db, 'r1'), 0);
  commit(db, key(second, 'record'));
  assert.equal(nextStepOf(db, 'r1'), 1);
  assert.throws(() => commit(db, { ...key(1, 'record'), runId: 'r9' }), /there is no such run/);
});

test('a zombie that begins late cannot shape an earlier round than the last, whatever it began', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const epoch = startRun(db, 'r1', by);
  commit(db, key(epoch, 'shape/0'));
  commit(db, key(epoch, 'shape/0'));
  commit(db, key(epoch, 'shape/9'));
  commit(db, key(epoch, 'shape/10'));
  assert.throws(() => commit(db, key(epoch, 'shape/0')), /shape\/10 is committed|shape\/9 is committed/);
  assert.throws(() => commit(db, key(epoch, 'shape/9')), /shape\/10 is committed/);
  commit(db, key(epoch, 'shape/10'));
  // Opened again, the step is sampled from its first round.
  commit(db, key(startRun(db, 'r1', by), 'shape/0'));
});

test('nothing is verified, judged or shaped in a step that is recorded, but it may be recorded again', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const epoch = startRun(db, 'r1', by);
  for (const stage of ['verify/0', 'judge/0', 'shape/0', 'record']) commit(db, key(epoch, stage));
  for (const stage of ['verify/0', 'judge/0', 'shape/0'])
    assert.throws(() => commit(db, key(epoch, stage)), /the step is recorded/);
  commit(db, key(epoch, 'record'));
  commit(db, key(epoch, 'verify/0', 1));
});
