import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createArtifactStore } from './artifact-store.ts';
import { recordArtifact } from '../db/queries/artifacts.ts';
import { readStoreId, type Database } from '../db/store/connection.ts';
import { DatabaseDamagedError, DatabaseMissingError } from '../db/store/database-faults.ts';
import { exampleRollout, openExampleStore, recordExampleRollouts } from '../db/example-store.fixture.ts';
import { parseArtifactLocation } from './artifact-location.ts';
import { checkStore, type StoreCheck } from './check-store.ts';
import { toHome, type Home } from './home.ts';

function check(home: Home): Promise<StoreCheck> {
  return checkStore(home, parseArtifactLocation(undefined, home));
}

/** A home with example rows and two recorded files. */
async function createHome(t: TestContext): Promise<{ home: Home; db: Database }> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-check-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = toHome(directory);
  const db = openExampleStore(home.database);
  t.after(() => db.$client.close());
  recordExampleRollouts(db, [exampleRollout('r1', 0)]);
  const artifacts = createArtifactStore(home.artifacts, readStoreId(db));
  for (const path of [
    'runs/r1/evaluation-2/clean-0-01.safetensors',
    'runs/r1/evaluation-2/dev-0-01.safetensors',
  ])
    recordArtifact(db, 'evaluation-rollouts', await artifacts.write(path, new TextEncoder().encode(path)));
  return { home, db };
}

const clean = 'runs/r1/evaluation-2/clean-0-01.safetensors';

test('a whole home has no fault, and an orphan file is named without being one', async (t) => {
  const { home, db } = await createHome(t);
  const artifacts = createArtifactStore(home.artifacts, readStoreId(db));
  const whole = await check(home);
  assert.deepEqual(whole.faults, []);
  assert.deepEqual(
    [whole.artifacts.files, whole.unrecorded!.orphans, whole.unrecorded!.foreign],
    [2, [], []],
  );
  assert.ok(whole.database!.rows > 5);
  assert.equal(whole.database!.appliedMigrations, whole.database!.knownMigrations);
  await artifacts.write('runs/gone/step-0/rollouts-0-01.safetensors', new Uint8Array(3));
  await artifacts.write('mine.txt', new Uint8Array(3));
  const { unrecorded, faults } = await check(home);
  assert.deepEqual(
    unrecorded!.orphans.map(({ path, bytes }) => [path, bytes]),
    [['runs/gone/step-0/rollouts-0-01.safetensors', 3]],
  );
  assert.deepEqual(
    unrecorded!.foreign.map(({ path }) => path),
    ['mine.txt'],
  );
  assert.deepEqual(faults, []);
});

test('a missing file, a short one and one changed bit are found', async (t) => {
  const { home } = await createHome(t);
  const path = join(home.artifacts, clean);
  const whole = readFileSync(path);
  const kinds = async () => (await check(home)).faults.map(({ kind, where }) => [kind, where]);
  writeFileSync(path, whole.subarray(1));
  assert.deepEqual(await kinds(), [['damaged', path]]);
  const changed = Buffer.from(whole);
  changed[3]! ^= 1;
  writeFileSync(path, changed);
  assert.deepEqual(await kinds(), [['damaged', path]]);
  rmSync(path);
  assert.deepEqual(await kinds(), [['missing', path]]);
  writeFileSync(path, whole);
  assert.deepEqual(await kinds(), []);
});

test('a row whose path leads out of the store is a fault, and what it leads to is not read', async (t) => {
  const { home, db } = await createHome(t);
  for (const path of ['../../../../etc/passwd', '/etc/passwd', 'runs/../../x'])
    recordArtifact(db, 'weights', { path, sha256: 'a', bytes: 1 });
  const { faults } = await check(home);
  assert.deepEqual(
    faults.map(({ kind }) => kind),
    ['path', 'path', 'path'],
  );
});

test('rows that name rows which are gone are found', async (t) => {
  const { home, db } = await createHome(t);
  db.$client.pragma('foreign_keys = off');
  db.$client.exec("delete from runs where id = 'r1'");
  const { faults } = await check(home);
  assert.deepEqual([...new Set(faults.map(({ kind }) => kind))], ['foreign-key']);
  assert.match(faults[0]!.found, /a row of runs that is not there/);
});

test('a damaged page, a foreign schema, a newer and an older version are found, and nothing is written', async (t) => {
  const { home, db } = await createHome(t);
  const found = async () => (await check(home)).faults.map(({ kind, found: what }) => `${kind}: ${what}`);
  db.$client.exec("update __drizzle_migrations set hash = 'other' where rowid = 2");
  assert.deepEqual(await found(), ['schema: migration 1 is not the one of this program']);
  db.$client.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 1)");
  assert.match((await found())[1]!, /this program knows/);
  db.$client.exec('delete from __drizzle_migrations where rowid > 1');
  assert.match((await found())[0]!, /^schema: 1 of \d+ migrations$/);
  db.$client.pragma('wal_checkpoint(truncate)');
  const query = db.$client.prepare("select rootpage from sqlite_schema where name = 'rollouts_point'");
  const page = (query.pluck().get() as number) - 1;
  const bytes = readFileSync(home.database);
  bytes.fill(0xa5, page * 4096, page * 4096 + 64);
  db.$client.close();
  writeFileSync(home.database, bytes);
  assert.ok((await found()).some((line) => line.startsWith('page: ')));
  assert.ok(readFileSync(home.database).equals(bytes));
});

test('no database, and a file that is none, are said so', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'assay-check-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const home = toHome(directory);
  await assert.rejects(check(home), DatabaseMissingError);
  assert.ok(!existsSync(home.database));
  writeFileSync(home.database, 'not a database, but long enough to have a header of its own'.repeat(20));
  await assert.rejects(check(home), DatabaseDamagedError);
});
