import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openDatabase } from '../db/store/connection.ts';
import { inspectInstallation, type InspectionItem } from './doctor.ts';

const scratch = mkdtempSync(join(tmpdir(), 'assay-doctor-'));
const noPrograms: NodeJS.ProcessEnv = { PATH: scratch };

function find(items: InspectionItem[], name: string): InspectionItem {
  const item = items.find((candidate) => candidate.name === name);
  assert.ok(item, `no item '${name}' among ${items.map((candidate) => candidate.name).join(', ')}`);
  return item;
}

test('an empty cache is reported with the command that fills it', async () => {
  const items = await inspectInstallation({ cacheDirectory: scratch, environment: noPrograms });
  assert.deepEqual(find(items, 'temporal server'), {
    name: 'temporal server',
    status: 'missing',
    detail: `no program in ${scratch}`,
    mend: 'npm run assay -- setup',
  });
  const native = find(items, 'backend native');
  assert.equal(native.status, 'optional');
  assert.equal(native.mend, 'npm run assay -- setup');
  assert.equal(find(items, 'backend cpu').status, 'ok');
});

test('packages and SQLite are reported with their versions', async () => {
  const items = await inspectInstallation({ cacheDirectory: scratch, environment: noPrograms });
  for (const name of [
    '@temporalio/worker',
    '@tensorflow/tfjs-core',
    'drizzle-orm',
    'better-sqlite3',
    'sqlite',
  ]) {
    assert.match(find(items, name).detail, /^\d+\.\d+\.\d+/);
  }
});

test('a wrong ASSAY_TEMPORAL_CLI is missing, not replaced by another program', async () => {
  const environment = { ...noPrograms, ASSAY_TEMPORAL_CLI: join(scratch, 'absent') };
  const item = find(await inspectInstallation({ cacheDirectory: scratch, environment }), 'temporal server');
  assert.equal(item.status, 'missing');
  assert.match(item.detail, /ASSAY_TEMPORAL_CLI is '.*absent', which is not an executable file/);
});

test('a configured server stands in for a program of this machine', async () => {
  const environment = { ...noPrograms, TEMPORAL_ADDRESS: 'temporal.example:7233' };
  const item = find(await inspectInstallation({ cacheDirectory: scratch, environment }), 'temporal server');
  assert.equal(item.status, 'ok');
});

test('a database is reported with its migrations, a damaged one as such, an absent one as not made yet', async () => {
  const whole = join(scratch, 'whole.db');
  openDatabase(whole).$client.close();
  const damaged = join(scratch, 'damaged.db');
  writeFileSync(damaged, 'this is no database, and longer than a header of one hundred bytes'.repeat(3));
  const statuses = [];
  for (const databasePath of [whole, damaged, join(scratch, 'absent.db')]) {
    const items = await inspectInstallation({
      cacheDirectory: scratch,
      databasePath,
      environment: noPrograms,
    });
    statuses.push(find(items, 'database').status);
  }
  assert.deepEqual(statuses, ['ok', 'missing', 'optional']);
});
