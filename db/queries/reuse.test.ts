import assert from 'node:assert/strict';
import { test } from 'node:test';
import { writeTransaction } from '../store/connection.ts';
import { recordEvaluations } from './evaluations.ts';
import {
  exampleEvaluation,
  exampleRegistration,
  openExampleStore,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { registerExperiment, type Registration } from './experiments.ts';
import { listEvaluatedProblems } from './report-queries.ts';
import { endRun, findRun } from './runs.ts';

const second: Registration = {
  ...exampleRegistration,
  experiment: { ...exampleRegistration.experiment, id: 'e2', name: 'second' },
  runs: exampleRegistration.runs.map((run) => ({ ...run, id: `second-${run.id}` })),
};

test('a completed run of the same condition and seeds stands for another experiment’s, an unfinished one does not', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  writeTransaction(db, (tx) => recordEvaluations(tx, [exampleEvaluation('r1', 3)]));
  endRun(db, 'r1', { status: 'completed', failure: null });
  registerExperiment(db, second);
  assert.equal(findRun(db, 'second-r1').reusedRunId, 'r1');
  assert.equal(findRun(db, 'second-r1').status, 'completed');
  assert.equal(findRun(db, 'second-r2').status, 'pending');
  const rows = listEvaluatedProblems(db, 'e2');
  assert.deepEqual(
    rows.map(({ runId, c }) => ({ runId, c })),
    [{ runId: 'second-r1', c: 3 }],
  );
});

test('runs of a condition of an earlier version, which names another one by its name alone, are not reused', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  endRun(db, 'r1', { status: 'completed', failure: null });
  const settings = '{"training":{"examples":{"from":"grpo","count":1}}}';
  db.$client.prepare('update conditions set settings = ?').run(settings);
  registerExperiment(db, { ...second, conditions: second.conditions.map((one) => ({ ...one, settings })) });
  assert.equal(findRun(db, 'second-r1').status, 'pending');
});

test('another base seed is another run', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  endRun(db, 'r1', { status: 'completed', failure: null });
  const [run] = second.runs;
  registerExperiment(db, { ...second, runs: [{ ...run!, baseSeed: 1 }] });
  assert.equal(findRun(db, run!.id).status, 'pending');
});
