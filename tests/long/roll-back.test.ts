import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { acquireEmbeddedServer } from '../../worker/server/embedded-server.ts';
import { toHome } from '../../artifacts/home.ts';
import { provideTemporalServer } from '../../setup/temporal-server.ts';
import { rollBackServer } from '../chaos/roll-back-server.ts';
import { readServer } from '../chaos/server-view.ts';
import { createTemporaryDirectory } from '../support/small-matrix.ts';

async function startWorkflow(address: string, workflowId: string): Promise<void> {
  const connection = await Connection.connect({ address });
  await new Client({ connection }).workflow.start('unserved', { taskQueue: 'unserved', workflowId });
  await connection.close();
}

test('a server that is rolled back knows what it knew before, nothing since, and serves on at its address', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-roll-back-');
  const report = (): void => undefined;
  const program = await provideTemporalServer({ cacheDirectory: defaultCacheDirectory(), report });
  const server = await acquireEmbeddedServer(toHome(home), program);
  const { pid } = readServer(home);
  await startWorkflow(server.address, 'before');
  const rolledBack = rollBackServer(home, 1500);
  await startWorkflow(server.address, 'since');
  await rolledBack;
  await server.revive();
  assert.notEqual(readServer(home).pid, pid);
  const connection = await Connection.connect({ address: server.address });
  const { workflow } = new Client({ connection });
  assert.equal((await workflow.getHandle('before').describe()).status.name, 'RUNNING');
  await assert.rejects(workflow.getHandle('since').describe(), { name: 'WorkflowNotFoundError' });
  await connection.close();
  await server.release();
});
