import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cancelMatrix, startMatrix } from '../launch/matrix-workflow.ts';
import { noFaults, StubMatrix, stubRunInput } from './support/stub-activities.ts';
import { startWorkflowServer, STUB_STORE_ID } from './support/workflow-server.ts';

test('a run that waits for another one starts when that one ends, not when all others have', async () => {
  const matrix = new StubMatrix();
  matrix.add(...['chain/0', 'chain/1', 'chain/2', 'slow'].map((id) => stubRunInput(id)));
  matrix.waitsFor.set('chain/1', 'chain/0').set('chain/2', 'chain/1');
  matrix.faults = { ...noFaults, hanging: new Set(['slow']) };
  const server = await startWorkflowServer({ activities: matrix.activities() });
  try {
    const handle = await startMatrix(
      server.client,
      { storeId: STUB_STORE_ID, experimentId: '8'.repeat(64) },
      { window: 3, failFast: false, isSearchable: false },
    );
    const deadline = Date.now() + 60_000;
    while (matrix.runs.get('chain/2')!.status !== 'completed') {
      assert.ok(Date.now() < deadline, `chain/2 is ${matrix.runs.get('chain/2')!.status}`);
      await sleep(20);
    }
    assert.equal(matrix.runs.get('slow')!.status, 'running');
    await cancelMatrix({ client: server.client, handle });
    const { completed } = await handle.result();
    assert.equal(completed, 3);
  } finally {
    await server.stop();
  }
});
