import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openDatabase, openReadonlyDatabase } from './connection.ts';
import { DatabaseDamagedError, DatabaseMissingError, DatabaseTooNewError } from './database-faults.ts';
import { openExampleStore, temporaryStorePath } from '../example-store.fixture.ts';

test('a truncated copy, a foreign file and a newer database are refused by name', (t) => {
  const path = temporaryStorePath(t);
  const db = openExampleStore(path);
  db.$client.pragma('wal_checkpoint(truncate)');
  const whole = readFileSync(path);
  writeFileSync(`${path}.cut`, whole.subarray(0, whole.length - 8192));
  assert.throws(() => openReadonlyDatabase(`${path}.cut`), DatabaseDamagedError);
  assert.throws(() => openDatabase(`${path}.cut`), DatabaseDamagedError);
  writeFileSync(`${path}.text`, 'not a database, but long enough to have a header of its own'.repeat(20));
  assert.throws(() => openDatabase(`${path}.text`), DatabaseDamagedError);
  assert.throws(() => openReadonlyDatabase(`${path}.text`), DatabaseDamagedError);
  assert.throws(() => openReadonlyDatabase(`${path}.absent`), DatabaseMissingError);
  db.$client.exec("insert into __drizzle_migrations (hash, created_at) values ('later', 9999999999999)");
  assert.throws(() => openDatabase(path), DatabaseTooNewError);
  assert.throws(() => openReadonlyDatabase(path), DatabaseTooNewError);
});

function countMigrations(): number {
  const journal = readFileSync(new URL('../../migrations/meta/_journal.json', import.meta.url), 'utf8');
  return (JSON.parse(journal) as { entries: unknown[] }).entries.length;
}

test('processes that open a new database at once migrate it once', async (t) => {
  const path = temporaryStorePath(t);
  const module = new URL('./connection.ts', import.meta.url).href;
  const code = `import { openDatabase } from ${JSON.stringify(module)};
    const db = openDatabase(${JSON.stringify(path)});
    console.log(db.$client.prepare('select count(*) as n from __drizzle_migrations').get().n);`;
  const open = () =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code]);
  const outcomes = await Promise.all(Array.from({ length: 6 }, open));
  const known = countMigrations();
  assert.deepEqual(
    outcomes.map(({ stdout }) => Number(stdout)),
    outcomes.map(() => known),
  );
});
