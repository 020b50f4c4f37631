import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { claimDirectory } from './artifact-owner.ts';
import { parseArtifactLocation } from './artifact-location.ts';
import { toHome } from './home.ts';
import { provideStoreId, resolveStoreId, StoreUnclearError } from './store-id.ts';

const other = '00000000-0000-4000-8000-000000000002';

function createHomes(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-store-id-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = toHome(join(directory, 'home'));
  const artifacts = parseArtifactLocation(join(directory, 'shared'), home);
  return { home, artifacts, shared: join(directory, 'shared'), named: undefined };
}

test('a train worker without a database serves the store that is named, or whose the directory is', async (t) => {
  const { shared, ...asked } = createHomes(t);
  await assert.rejects(resolveStoreId({ ...asked, role: 'train' }), (error: unknown) => {
    assert.ok(error instanceof StoreUnclearError);
    return error.message.includes(shared) && error.message.includes('--store');
  });
  assert.equal(await resolveStoreId({ ...asked, role: 'train', named: other }), other);
  const { store } = await claimDirectory(shared, other);
  assert.equal(await resolveStoreId({ ...asked, role: 'train' }), store);
  assert.ok(!existsSync(asked.home.database));
});

test('where there is a database its store is served, and a store worker serves no other', async (t) => {
  const { shared, ...asked } = createHomes(t);
  await claimDirectory(shared, other);
  const own = provideStoreId(asked.home);
  assert.equal(await resolveStoreId({ ...asked, role: 'train' }), own);
  assert.equal(await resolveStoreId({ ...asked, role: 'store' }), own);
  assert.equal(await resolveStoreId({ ...asked, role: 'store', named: own }), own);
  await assert.rejects(resolveStoreId({ ...asked, role: 'store', named: other }), StoreUnclearError);
});
