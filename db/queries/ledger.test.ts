import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleRegistration, openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';
import {
  settleBudget,
  listLedgerTotals,
  listRunTotals,
  listUncountedRuns,
  recordLedger,
  toSpending,
  type LedgerRow,
} from './ledger.ts';
import { registerExperiment } from './experiments.ts';
import { recordRunInput } from './run-inputs.ts';
import { findRun } from './runs.ts';
import { recordStep } from './steps.ts';

/** A step that samples 30 tokens, trains on them and looks 4 labels up. */
function exampleRows(runId: string, step: number): LedgerRow[] {
  const at = { runId, step };
  return [
    { ...at, stage: 'sample', role: 'policy', kind: 'text', tokens: 30, flops: 1000, labels: 0, calls: 8 },
    { ...at, stage: 'judge', role: 'judge', kind: 'labels', tokens: 0, flops: 0, labels: 4, calls: 8 },
    {
      ...at,
      stage: 'update',
      role: 'policy',
      kind: 'gradients',
      tokens: 30,
      flops: 3000,
      labels: 0,
      calls: 8,
    },
    {
      ...at,
      stage: 'evaluation',
      role: 'policy',
      kind: 'dev/0',
      tokens: 99,
      flops: 500,
      labels: 0,
      calls: 9,
    },
  ];
}

test('recording the ledger again changes nothing, and another count is a conflict', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const rows = exampleRows('r1', 0);
  recordLedger(db, rows);
  recordLedger(db, rows);
  assert.equal(listRunTotals(db, 'r1').length, 4);
  assert.throws(() => recordLedger(db, [{ ...rows[0]!, tokens: 31 }]), {
    name: 'ConflictingRecordError',
    message: /ledger .*r1 step 0 sample policy text: tokens is 30, computed 31/,
  });
});

test('totals are sums over the steps in the order of a step, and evaluations are no part of what is held equal', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  for (const step of [0, 1]) recordLedger(db, exampleRows('r1', step));
  const totals = listLedgerTotals(db, 'e1');
  assert.deepEqual(
    totals.map(({ stage, tokens }) => [stage, tokens]),
    [
      ['sample', 60],
      ['judge', 0],
      ['update', 60],
      ['evaluation', 198],
    ],
  );
  assert.deepEqual(toSpending(totals), { 'sampled-tokens': 60, flops: 8000, labels: 8 });
});

test('a budget is spent at the first step that reaches it, and never before a step', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const budget = { unit: 'sampled-tokens', at: 61 } as const;
  const isSpent = (): boolean => settleBudget(db, 'r1', budget);
  const takeStep = (step: number): void => {
    recordStep(db, { runId: 'r1', step, rollouts: 8, tokens: 30 }, {});
    recordLedger(db, exampleRows('r1', step));
  };
  // The base's votes on a pool, before any step.
  recordLedger(db, [{ ...exampleRows('r1', 0)[0]!, role: 'reference', kind: 'pool/0', tokens: 1 }]);
  assert.equal(isSpent(), false);
  takeStep(0);
  assert.equal(isSpent(), false);
  assert.equal(findRun(db, 'r1').spentSteps, null);
  takeStep(1);
  assert.equal(isSpent(), true);
  const { spentSteps, totalSteps } = findRun(db, 'r1');
  assert.deepEqual([spentSteps, totalSteps], [2, 2]);
  assert.equal(settleBudget(db, 'r1', undefined), false);
});

test('a run with a step that nobody counted is named', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  for (const runId of ['r1', 'r2']) recordStep(db, { runId, step: 0, rollouts: 8, tokens: 30 }, {});
  recordLedger(db, exampleRows('r1', 0));
  assert.deepEqual(listUncountedRuns(db, 'e1'), ['r2']);
});

test('what the runs behind a run spent is one row of its own, each of them counted once, evaluations left out', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  registerExperiment(db, {
    ...exampleRegistration,
    runs: [...exampleRegistration.runs, { ...exampleRegistration.runs[0]!, id: 'r3', seed: 2 }],
  });
  for (const runId of ['r1', 'r2', 'r3']) recordLedger(db, exampleRows(runId, 0));
  // r3 takes its policy from r2 and its data from r1, as r2 does.
  recordRunInput(db, { runId: 'r3', role: 'policy', inputRunId: 'r2', sha256: 'a' });
  recordRunInput(db, { runId: 'r3', role: 'data', inputRunId: 'r1', sha256: 'b' });
  recordRunInput(db, { runId: 'r2', role: 'data', inputRunId: 'r1', sha256: 'b' });
  const inputs = listLedgerTotals(db, 'e1').filter(({ stage }) => stage === 'inputs');
  assert.deepEqual(inputs, [
    { runId: 'r2', stage: 'inputs', role: 'policy', tokens: 30, flops: 4000, labels: 4, calls: 8 },
    { runId: 'r3', stage: 'inputs', role: 'policy', tokens: 60, flops: 8000, labels: 8, calls: 16 },
  ]);
  const ofLast = listLedgerTotals(db, 'e1').filter(({ runId }) => runId === 'r3');
  assert.deepEqual(toSpending(ofLast), { 'sampled-tokens': 90, flops: 12_000, labels: 12 });
});

test('an input that is no longer what it was is a conflict', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  const pinned = { runId: 'r2', role: 'data', inputRunId: 'r1', sha256: 'a' } as const;
  recordRunInput(db, pinned);
  recordRunInput(db, pinned);
  assert.throws(() => recordRunInput(db, { ...pinned, sha256: 'b' }), {
    name: 'ConflictingRecordError',
    message: /run_inputs .*r2 data: sha256 is "a", computed "b"/,
  });
});
