import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTransaction } from '../store/connection.ts';
import { openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';
import { listProgress } from './report-queries.ts';
import { recordStep } from './steps.ts';

test('a run names every kind of machine that computed its steps, once', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const machines = ['{"processor":"b"}', '{"processor":"a"}', '{"processor":"b"}', null];
  writeTransaction(db, (tx) =>
    machines.forEach((machine, step) =>
      recordStep(tx, { runId: 'r1', step, rollouts: 1, tokens: 1, machine }, {}),
    ),
  );
  const progress = listProgress(db, 'e1');
  assert.deepEqual(progress.get('r1'), {
    stepsDone: 4,
    weightsSha256: null,
    machines: ['{"processor":"a"}', '{"processor":"b"}'],
  });
  assert.deepEqual(progress.get('r2')!.machines, []);
});
