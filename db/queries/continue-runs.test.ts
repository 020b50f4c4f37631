import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordCheckpoint } from './artifacts.ts';
import { writeTransaction } from '../store/connection.ts';
import { copyRecordedSteps, listContinuations } from './continue-runs.ts';
import { dumpRows } from '../store/dump.ts';
import { recordEvaluations } from './evaluations.ts';
import {
  exampleEvaluation,
  exampleRegistration,
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { registerExperiment, type Registration } from './experiments.ts';
import { recordLedger } from './ledger.ts';
import { endRun } from './runs.ts';
import { recordStep } from './steps.ts';

const longer: Registration = {
  ...exampleRegistration,
  experiment: { ...exampleRegistration.experiment, id: 'e2' },
  conditions: [{ ...exampleRegistration.conditions[0]!, id: 'c2' }],
  runs: exampleRegistration.runs.map((run) => ({
    ...run,
    id: `longer-${run.id}`,
    conditionId: 'c2',
    totalSteps: 9,
  })),
};

const file = (path: string) => ({ path, sha256: 'ab'.repeat(32), bytes: 7 });
const pair = { from: 'e1', to: 'e2', continued: new Map([['c2', 'c1']]) };

const spent = { runId: 'r1', role: 'policy', tokens: 6, flops: 100, labels: 0, calls: 2 } as const;

test('a longer run gets the rows of training under its own name, and none of the final evaluation', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  recordExampleRollouts(db, [exampleRollout('r1', 0), exampleRollout('r1', 1)]);
  writeTransaction(db, (tx) => {
    const weights = file('runs/r1/checkpoint-1/weights-abab.safetensors');
    recordCheckpoint(tx, { runId: 'r1', step: 1 }, { weights, trainingState: null });
    recordStep(tx, { runId: 'r1', step: 0, rollouts: 2, tokens: 6 }, { 'reward/mean': 1 });
    recordEvaluations(tx, [exampleEvaluation('r1', 3)]);
    recordLedger(tx, [
      { ...spent, step: 0, stage: 'sample', kind: 'text' },
      { ...spent, step: 1, stage: 'evaluation', kind: 'dev/0' },
      { ...spent, step: 2, stage: 'evaluation', kind: 'clean/0' },
    ]);
  });
  endRun(db, 'r1', { status: 'completed', failure: null });
  const before = dumpRows(db);
  registerExperiment(db, longer);

  const [continuation, ...others] = listContinuations(db, pair);
  assert.deepEqual(others, [], 'the other run has not completed');
  assert.deepEqual(continuation, {
    from: 'r1',
    to: 'longer-r1',
    files: [
      {
        source: file('runs/r1/checkpoint-1/weights-abab.safetensors'),
        path: 'runs/longer-r1/checkpoint-1/weights-abab.safetensors',
      },
    ],
  });
  copyRecordedSteps(db, continuation!);

  const of = (rows: string[], runId: string): string[] =>
    rows.filter(
      (row) =>
        (!/^(runs|evaluations) /.test(row) && row.includes(`${runId}/`)) ||
        row.includes(`"run_id":"${runId}"`),
    );
  const expected = of(before, 'r1')
    .filter((row) => !row.startsWith('evaluations ') && !row.includes('clean/0'))
    .map((row) => row.replaceAll('"r1', '"longer-r1').replaceAll('runs/r1/', 'runs/longer-r1/'));
  assert.ok(expected.length >= 10, expected.join('\n'));
  assert.deepEqual(of(dumpRows(db), 'longer-r1').sort(), expected.sort());
  assert.deepEqual(listContinuations(db, pair), [], 'a run that has steps is left alone');
  assert.deepEqual(db.$client.pragma('foreign_key_check'), []);
});
