import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beginAttempt, finishAttempt, StaleAttemptError } from './attempts.ts';
import { writeTransaction } from './connection.ts';
import { openExampleStore, temporaryStorePath } from './example-store.ts';
import { nextStepOf, recordStep } from './steps.ts';

const first = { runId: 'r1', stage: 'record', step: 0, attempt: 1 };

test('an attempt that lost its lease commits nothing, the one that took it commits', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const lost = beginAttempt(db, first, 'w1');
  const held = beginAttempt(db, { ...first, attempt: 2 }, 'w2');
  const commit = (lease: typeof held): void =>
    writeTransaction(db, (tx) => {
      recordStep(tx, { runId: 'r1', step: 0, rollouts: 1, tokens: 1 }, {});
      finishAttempt(tx, lease);
    });
  assert.throws(() => commit(lost), StaleAttemptError);
  assert.equal(nextStepOf(db, 'r1'), 0);
  commit(held);
  assert.equal(nextStepOf(db, 'r1'), 1);
});

test('attempt 1 of a resumed run commits although its earlier execution counted further', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const zombie = beginAttempt(db, first, 'w1');
  beginAttempt(db, { ...first, attempt: 2 }, 'w1');
  const resumed = beginAttempt(db, first, 'w2');
  assert.throws(() => writeTransaction(db, (tx) => finishAttempt(tx, zombie)), StaleAttemptError);
  writeTransaction(db, (tx) => finishAttempt(tx, resumed));
});

test('stages, steps and runs do not fence each other', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const lease = beginAttempt(db, first, 'w1');
  beginAttempt(db, { ...first, stage: 'verify/0' }, 'w1');
  beginAttempt(db, { ...first, step: 1 }, 'w1');
  beginAttempt(db, { ...first, runId: 'r2' }, 'w1');
  writeTransaction(db, (tx) => finishAttempt(tx, lease));
});
