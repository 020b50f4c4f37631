import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { searchAttributes } from '../config/search-attributes.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from '../worker/server/embedded-server.ts';
import { toHome } from '../artifacts/home.ts';
import { ensureSearchAttributes } from '../worker/server/search-attributes.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import { createTemporaryDirectory } from './support/small-matrix.ts';

const { INDEXED_VALUE_TYPE_KEYWORD: KEYWORD } = proto.temporal.api.enums.v1.IndexedValueType;

async function startServer(scope: { after(cleanup: () => void): void }): Promise<EmbeddedServer> {
  const home = toHome(createTemporaryDirectory(scope, 'assay-search-'));
  const report = (): void => undefined;
  return acquireEmbeddedServer(
    home,
    await provideTemporalServer({ cacheDirectory: defaultCacheDirectory(), report }),
  );
}

test('a server is given the attributes once, and a workflow is found by each of them', async (t) => {
  const server = await startServer(t);
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  assert.equal(await ensureSearchAttributes(client), true);
  assert.equal(await ensureSearchAttributes(client), true);
  const keys = Object.values(searchAttributes);
  await client.workflow.start('unserved', {
    taskQueue: 'unserved',
    workflowId: 'searched',
    typedSearchAttributes: keys.map((key) => ({ key, value: `a ${key.name}` })),
  });
  for (const { name } of keys) {
    const query = `${name} = 'a ${name}'`;
    // A server writes what is searched a moment after the start.
    while ((await client.workflow.count(query)).count === 0) await sleep(50);
    for await (const { workflowId } of client.workflow.list({ query })) assert.equal(workflowId, 'searched');
  }
  await connection.close();
  await server.release();
});

test('a namespace that has no room for them is used without', async (t) => {
  const server = await startServer(t);
  const connection = await Connection.connect({ address: server.address });
  const client = new Client({ connection });
  // With SQL a namespace holds ten of them.
  const others = Array.from({ length: 8 }, (_, index) => [`Other${index}`, KEYWORD] as const);
  await client.connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(others),
  });
  assert.equal(await ensureSearchAttributes(client), false);
  await connection.close();
  await server.release();
});
