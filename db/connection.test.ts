import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { beginAttempt, finishAttempt, StaleAttemptError } from './attempts.ts';
import { ConflictingRecordError } from './conflicting-record-error.ts';
import {
  DatabaseDamagedError,
  DatabaseMissingError,
  DatabaseTooNewError,
  openDatabase,
  openReadonlyDatabase,
  writeTransaction,
} from './connection.ts';
import { listRuns } from './runs.ts';
import { registerExperiment } from './experiments.ts';
import { listMetrics, nextStepOf, recordStep } from './steps.ts';

function temporaryPath(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-db-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'assay.db');
}

function register(path: string) {
  const db = openDatabase(path);
  registerExperiment(db, {
    experiment: { id: 'e1', name: 'demo', question: 'Does it work?', baseline: 'base' },
    conditions: [{ id: 'c1', name: 'grpo', position: 0, isControl: false, baseModelId: 'b', settings: '{}' }],
    runs: [{ id: 'r1', conditionId: 'c1', seed: 0, totalSteps: 2 }],
  });
  return db;
}

test('registering twice changes nothing and a recorded step repeats without a trace', (t) => {
  const path = temporaryPath(t);
  register(path);
  const db = register(path);
  assert.equal(listRuns(db, 'e1').length, 1);
  const step = { runId: 'r1', step: 0, rollouts: 8, tokens: 80 };
  writeTransaction(db, (tx) => recordStep(tx, step, { 'reward/mean': 0.5 }));
  writeTransaction(db, (tx) => recordStep(tx, step, { 'reward/mean': 0.5 }));
  assert.equal(listMetrics(db, ['r1']).length, 1);
  assert.equal(nextStepOf(db, 'r1'), 1);
  assert.throws(
    () => writeTransaction(db, (tx) => recordStep(tx, step, { 'reward/mean': 0.6 })),
    ConflictingRecordError,
  );
});

test('an attempt that lost its lease cannot commit', (t) => {
  const db = register(temporaryPath(t));
  const first = { runId: 'r1', stage: 'verify', step: 0, attempt: 1 };
  beginAttempt(db, first, 'w1');
  beginAttempt(db, { ...first, attempt: 2 }, 'w2');
  assert.throws(() => writeTransaction(db, (tx) => finishAttempt(tx, first)), StaleAttemptError);
  writeTransaction(db, (tx) => finishAttempt(tx, { ...first, attempt: 2 }));
});

test('a truncated copy, a foreign file and a newer database are refused by name', (t) => {
  const path = temporaryPath(t);
  const db = register(path);
  db.$client.pragma('wal_checkpoint(truncate)');
  const whole = readFileSync(path);
  writeFileSync(`${path}.cut`, whole.subarray(0, whole.length - 8192));
  assert.throws(() => openDatabase(`${path}.cut`), DatabaseDamagedError);
  writeFileSync(`${path}.text`, 'not a database, but long enough to have a header of its own'.repeat(20));
  assert.throws(() => openDatabase(`${path}.text`), DatabaseDamagedError);
  assert.throws(() => openReadonlyDatabase(`${path}.absent`), DatabaseMissingError);
  db.$client.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 9999999999999)");
  assert.throws(() => openDatabase(path), DatabaseTooNewError);
});

test('processes that open a new database at once migrate it once', async (t) => {
  const path = temporaryPath(t);
  const module = new URL('./connection.ts', import.meta.url).href;
  const code = `import { openDatabase } from ${JSON.stringify(module)};
    const db = openDatabase(${JSON.stringify(path)});
    console.log(db.$client.prepare('select count(*) as n from __drizzle_migrations').get().n);`;
  const open = () =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  const outcomes = await Promise.all([open(), open(), open()]);
  assert.deepEqual(new Set(outcomes.map(({ stdout }) => stdout.trim())).size, 1);
});
