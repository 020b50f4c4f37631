import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openDatabase } from '../db/connection.ts';
import { registerExperiment } from '../db/experiments.ts';
import { identifyProcess } from '../worker/process-identity.ts';
import { claimMatrix, MatrixElsewhereError, nameServer } from './claim-matrix.ts';

const me = identifyProcess(process.pid)!;

function openStore(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-claim-'));
  const db = openDatabase(join(directory, 'assay.db'));
  t.after(() => {
    db.$client.close();
    rmSync(directory, { recursive: true });
  });
  const experiment = {
    id: 'matrix',
    name: 'm',
    question: '?',
    baseline: 'a',
    source: null,
    hypotheses: '[]',
  };
  registerExperiment(db, { experiment, conditions: [], runs: [], reusableConditionIds: [] });
  return db;
}

test('a matrix that a living process follows on one server is refused to another server', (t) => {
  const db = openStore(t);
  claimMatrix(db, 'matrix', { server: 'embedded', process: me });
  claimMatrix(db, 'matrix', { server: 'embedded', process: me });
  assert.throws(
    () => claimMatrix(db, 'matrix', { server: 'a:7233, namespace default', process: me }),
    (error) =>
      error instanceof MatrixElsewhereError && /process \d+ .*\(embedded\).*a:7233/.test(error.message),
  );
});

test('a matrix whose process is gone moves to another server, also when its number is used again', (t) => {
  const db = openStore(t);
  claimMatrix(db, 'matrix', { server: 'embedded', process: { pid: me.pid, startedAt: 'another boot' } });
  claimMatrix(db, 'matrix', { server: 'a:7233, namespace default', process: me });
  assert.throws(() => claimMatrix(db, 'matrix', { server: 'embedded', process: me }), MatrixElsewhereError);
});

test('servers are told apart by address and namespace', () => {
  assert.equal(nameServer({}), 'embedded');
  const named = nameServer({ TEMPORAL_ADDRESS: 'a:7233', TEMPORAL_NAMESPACE: 'b' });
  assert.equal(named, 'a:7233, namespace b');
});
