import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openExampleStore, temporaryStorePath } from '../db/example-store.fixture.ts';
import { identifyProcess } from '../worker/server/process-identity.ts';
import { claimMatrix, MatrixElsewhereError, nameServer } from './claim-matrix.ts';

const me = identifyProcess(process.pid)!;

test('a matrix that a living process follows on one server is refused to another server', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  claimMatrix(db, 'e1', { server: 'embedded', process: me });
  claimMatrix(db, 'e1', { server: 'embedded', process: me });
  assert.throws(
    () => claimMatrix(db, 'e1', { server: 'a:7233, namespace default', process: me }),
    (error) =>
      error instanceof MatrixElsewhereError && /process \d+ .*\(embedded\).*a:7233/.test(error.message),
  );
});

test('a matrix whose process is gone moves to another server, also when its number is used again', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  claimMatrix(db, 'e1', { server: 'embedded', process: { pid: me.pid, startedAt: 'another boot' } });
  claimMatrix(db, 'e1', { server: 'a:7233, namespace default', process: me });
  assert.throws(() => claimMatrix(db, 'e1', { server: 'embedded', process: me }), MatrixElsewhereError);
});

test('servers are told apart by address and namespace', () => {
  assert.equal(nameServer({}), 'embedded');
  const named = nameServer({ TEMPORAL_ADDRESS: 'a:7233', TEMPORAL_NAMESPACE: 'b' });
  assert.equal(named, 'a:7233, namespace b');
});
