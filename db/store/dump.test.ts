import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { commitAttempt } from '../queries/attempts.ts';
import { writeTransaction } from './connection.ts';
import { dumpRows } from './dump.ts';
import { recordEvaluations } from '../queries/evaluations.ts';
import {
  exampleEvaluation,
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { recordStep } from '../queries/steps.ts';

function dumpWith(t: TestContext, runIds: readonly string[], reward: number): string[] {
  const db = openExampleStore(temporaryStorePath(t));
  for (const runId of runIds) {
    const attempt = { runId, epoch: 0, stage: 'verify/0', step: 0, worker: 'w', startedAt: 'then' };
    commitAttempt(db, { ...attempt, attempt: runIds.indexOf(runId) + 1 });
    recordExampleRollouts(db, [exampleRollout(runId, 0), exampleRollout(runId, 1)]);
    writeTransaction(db, (tx) => {
      recordStep(tx, { runId, step: 0, rollouts: 2, tokens: 6 }, { 'reward/mean': reward });
      recordEvaluations(tx, [exampleEvaluation(runId, 4)]);
    });
  }
  return dumpRows(db);
}

test('stores written in another order and by other attempts have the same rows', (t) => {
  assert.deepEqual(dumpWith(t, ['r1', 'r2'], 0.5), dumpWith(t, ['r2', 'r1'], 0.5));
});

test('one metric that differs in the last bit is seen', (t) => {
  const one = dumpWith(t, ['r1'], 0.5);
  const other = dumpWith(t, ['r1'], 0.5 + 2 ** -53);
  assert.equal(one.filter((line, i) => line !== other[i]).length, 1);
});
