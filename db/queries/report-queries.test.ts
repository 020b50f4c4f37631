import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTransaction } from '../store/connection.ts';
import { exampleEvaluation, openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';
import { recordEvaluations } from './evaluations.ts';
import { listProgress, listUnverifiedCounts } from './report-queries.ts';
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

test('answers that nobody could check are counted beside those that count, over the evaluations of a split', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const { problem, counts } = exampleEvaluation('r1', 3);
  writeTransaction(db, (tx) =>
    recordEvaluations(tx, [
      { problem, counts: { ...counts, n: 6, malformed: 1, unverifiable: 2 } },
      { problem, counts: { ...counts, step: 4, n: 8, malformed: 2 } },
      { problem: { ...problem, split: 'pool' }, counts: { ...counts, split: 'pool', unverifiable: 8 } },
    ]),
  );
  assert.deepEqual(listUnverifiedCounts(db, 'e1'), [
    { runId: 'r1', split: 'clean', answers: 16, unverifiable: 2, malformed: 3 },
  ]);
});
