import assert from 'node:assert/strict';
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import SqliteDatabase from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { checkDatabase } from './check-database.ts';
import { openDatabase, openForInspection, openReadonlyDatabase, writeTransaction } from './connection.ts';
import { DatabaseInUseError, DatabaseTooOldError } from './database-faults.ts';
import { listJudgements } from '../queries/judgements.ts';
import { recordEvaluations } from '../queries/evaluations.ts';
import {
  exampleEvaluation,
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { MigrationFailedError, migrateStore, migrationsFolder } from './migrate-store.ts';
import { nextStepOf, recordStep } from '../queries/steps.ts';

/** A store with rows on both sides of every reference. */
function createFullStore(t: TestContext): string {
  const path = temporaryStorePath(t);
  const db = openExampleStore(path);
  recordExampleRollouts(db, [exampleRollout('r1', 0), exampleRollout('r1', 1)]);
  writeTransaction(db, (tx) => {
    recordStep(tx, { runId: 'r1', step: 0, rollouts: 2, tokens: 6 }, { 'loss/policy': 1 });
    recordEvaluations(tx, [exampleEvaluation('r1', 3)]);
  });
  db.$client.exec(`
    insert into attempts (run_id, stage, step, attempt, worker, started_at) values ('r1', 'record', 0, 1, 'w', 'then');
    insert into artifacts (path, kind, sha256, bytes, is_retained) values ('w', 'weights', 'abc', 3, 1);
    insert into base_models (id, name, plan, weights_path, leak, tokens, losses, created_at)
      values ('b', 'tiny', '{}', 'w', '{}', 1, '[]', 'then');
    insert into checkpoints (run_id, step, weights_path) values ('r1', 1, 'w');
    update runs set reused_run_id = 'r1' where id = 'r2';
    insert into imports (id, name, source, sha256, bytes, created_at, touched_at) values ('i', 'i', 'f', 's', 1, 'then', 'then');
    insert into import_runs (import_key, run) values (1, 0);
    insert into import_problems (import_key, problem, source_id, key) values (1, 0, 'q', 'k');
    insert into import_samples (import_run, import_problem, sample, score) values (1, 1, 0, 1);`);
  db.$client.close();
  return path;
}

/** This program's migrations and one more of these statements. */
function extendMigrations(t: TestContext, statements: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-migrations-'));
  t.after(() => rmSync(folder, { recursive: true }));
  cpSync(migrationsFolder, folder, { recursive: true });
  const journalPath = join(folder, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(journalPath, 'utf8')) as { entries: Record<string, unknown>[] };
  const last = journal.entries.at(-1)!;
  journal.entries.push({ ...last, tag: 'next', when: Number(last['when']) + 1 });
  writeFileSync(journalPath, JSON.stringify(journal));
  writeFileSync(join(folder, 'next.sql'), statements.join('\n--> statement-breakpoint\n'));
  return folder;
}

/** This program's migrations before the one called `tag`. */
function listMigrationsBefore(t: TestContext, tag: string): string {
  const folder = extendMigrations(t, []);
  const path = join(folder, 'meta/_journal.json');
  const { entries, ...rest } = JSON.parse(readFileSync(path, 'utf8')) as { entries: { tag: string }[] };
  const end = entries.findIndex((entry) => entry.tag === tag);
  writeFileSync(path, JSON.stringify({ ...rest, entries: entries.slice(0, end) }));
  return folder;
}

/** What drizzle-kit generates when a column's constraint changes, which SQLite cannot do in place. */
function generateRebuild(path: string, table: string, rows = ''): string[] {
  const client = new SqliteDatabase(path, { readonly: true });
  const { sql: created } = client.prepare('select sql from sqlite_master where name = ?').get(table) as {
    sql: string;
  };
  const indexes = client
    .prepare("select sql from sqlite_master where type = 'index' and tbl_name = ? and sql is not null")
    .pluck()
    .all(table) as string[];
  const columns = (client.pragma(`table_info(${table})`) as { name: string }[])
    .map(({ name }) => name)
    .join(', ');
  client.close();
  return [
    'PRAGMA foreign_keys=OFF;',
    created.replace(/^CREATE TABLE ["`]?\w+["`]?/, `CREATE TABLE \`__new_${table}\``),
    `INSERT INTO \`__new_${table}\`(${columns}) SELECT ${columns} FROM \`${table}\` ${rows};`,
    `DROP TABLE \`${table}\`;`,
    `ALTER TABLE \`__new_${table}\` RENAME TO \`${table}\`;`,
    'PRAGMA foreign_keys=ON;',
    ...indexes,
  ];
}

function readAllRows(path: string): Record<string, unknown[]> {
  const client = new SqliteDatabase(path, { readonly: true });
  const tables = client
    .prepare("select name from sqlite_master where type = 'table' and name not like '\\_\\_%' escape '\\'")
    .pluck()
    .all() as string[];
  const rows = Object.fromEntries(
    tables.sort().map((t) => [t, client.prepare(`select * from "${t}"`).all()]),
  );
  client.close();
  return rows;
}

for (const parent of [
  'experiments',
  'conditions',
  'runs',
  'rollouts',
  'problems',
  'artifacts',
  'base_models',
]) {
  test(`a migration that rebuilds ${parent} keeps every row that refers to it`, (t) => {
    const path = createFullStore(t);
    const before = readAllRows(path);
    assert.ok(before[parent]!.length > 0);
    const folder = extendMigrations(t, generateRebuild(path, parent));
    const { applied, known } = migrateStore(path, folder);
    assert.equal(known, applied + 1);
    assert.deepEqual(readAllRows(path), before);
    const db = openForInspection(path);
    assert.deepEqual(db.$client.pragma('foreign_key_check'), []);
    db.$client.close();
    assert.ok(!existsSync(`${path}.before-migration-${known}`));
  });
}

test('the same rebuild with foreign keys on, as the generator’s own migrator runs it, deletes what refers to the table', (t) => {
  const path = createFullStore(t);
  const folder = extendMigrations(t, generateRebuild(path, 'rollouts'));
  const client = new SqliteDatabase(path);
  client.pragma('foreign_keys = on');
  migrate(drizzle(client), { migrationsFolder: folder });
  client.close();
  assert.equal(readAllRows(path)['rollouts']!.length, 2);
  assert.equal(readAllRows(path)['verdicts']!.length, 0);
});

test('a migration that loses rows changes nothing, names the copy that it keeps, and a mended one removes it', (t) => {
  const path = createFullStore(t);
  const before = readAllRows(path);
  const broken = extendMigrations(t, generateRebuild(path, 'rollouts', 'WHERE sample_index = 0'));
  let message = '';
  assert.throws(
    () => migrateStore(path, broken),
    (error: Error) => {
      message = error.message;
      return error instanceof MigrationFailedError;
    },
  );
  assert.match(message, /rollouts would have 1 rows, expected its 2/);
  assert.deepEqual(readAllRows(path), before);
  const copy = / copy of it is (\S+);/.exec(message)![1]!;
  assert.deepEqual(readAllRows(copy), before);
  migrateStore(path, extendMigrations(t, generateRebuild(path, 'rollouts')));
  assert.ok(!existsSync(copy));
});

test('judgements by criterion become those of judge checks: met 1, unmet 0, not applicable without a score', (t) => {
  const path = temporaryStorePath(t);
  migrateStore(path, listMigrationsBefore(t, '0008_judges'));
  const client = new SqliteDatabase(path);
  client.exec(`
    insert into experiments (id, name, question, baseline, created_at) values ('e', 'e', 'q', 'b', 'then');
    insert into conditions (experiment_id, id, name, position, is_control, settings) values ('e', 'c', 'c', 0, 0, '{}');
    insert into runs (id, experiment_id, condition_id, base_seed, base_model_id, seed, total_steps, status)
      values ('r', 'e', 'c', 0, 'b', 0, 1, 'running');
    insert into problems values (1, 'arithmetic', 'train', '1+1', '1+1=', '2');
    insert into rollouts (id, run_id, phase, step, problem_index, sample_index, problem_id, text, format, token_count,
      is_truncated, tokens, logprobs, entropies) values (7, 'r', 'train', 0, 0, 0, 1, '#2', 'direct', 2, 0, '', '', '');
    insert into judgements values (7, 'shows-steps', 'met', 1), (7, 'ends-properly', 'unmet', 0.5),
      (7, 'steps-correct', 'not-applicable', 2);`);
  client.close();
  migrateStore(path);
  const db = openForInspection(path);
  const found = listJudgements(db, [7]).get(7)!;
  db.$client.close();
  const same = { rolloutId: 7, judge: 'checks', unit: -1, vote: 0, label: null, text: null, tokens: 0 };
  assert.deepEqual(found, [
    { ...same, item: 'ends-properly', outcome: 'judged', score: 0, weight: 0.5 },
    { ...same, item: 'shows-steps', outcome: 'judged', score: 1, weight: 1 },
    { ...same, item: 'steps-correct', outcome: 'not-applicable', score: null, weight: 2 },
  ]);
});

test('a migration after which a row names nothing changes nothing', (t) => {
  const path = createFullStore(t);
  const before = readAllRows(path);
  const folder = extendMigrations(t, ['UPDATE problems SET id = id + 1000']);
  assert.throws(() => migrateStore(path, folder), /a row of \w+ names a row of problems that is not there/);
  assert.deepEqual(readAllRows(path), before);
});

test('a copy that a kill left behind goes when the store is opened up to date', (t) => {
  const path = createFullStore(t);
  const { known } = migrateStore(path);
  const copy = `${path}.before-migration-${known}`;
  writeFileSync(copy, 'left');
  openDatabase(path).$client.close();
  assert.ok(!existsSync(copy));
});

test('a store is not migrated while another process may write to it', (t) => {
  const path = createFullStore(t);
  const folder = extendMigrations(t, generateRebuild(path, 'runs'));
  const writer = openDatabase(path);
  const before = readAllRows(path);
  assert.throws(() => migrateStore(path, folder), DatabaseInUseError);
  assert.deepEqual(readAllRows(path), before);
  writeTransaction(writer, (tx) => recordStep(tx, { runId: 'r1', step: 1, rollouts: 1, tokens: 1 }, {}));
  writer.$client.close();
  migrateStore(path, folder);
  assert.equal(readAllRows(path)['steps']!.length, 2);
});

test('a reader refuses an older store, changes nothing and names the command that brings it up to date', (t) => {
  const path = createFullStore(t);
  // As an older program leaves it: the last migration is not there.
  const client = new SqliteDatabase(path);
  client.exec('delete from __drizzle_migrations where rowid = (select max(rowid) from __drizzle_migrations)');
  client.close();
  const before = readFileSync(path);
  assert.throws(
    () => openReadonlyDatabase(path),
    (error: Error) =>
      error instanceof DatabaseTooOldError && error.message.includes('assay db migrate --home'),
  );
  assert.ok(readFileSync(path).equals(before));
});

test('a writer’s connection syncs whole, waits five seconds at most and cuts its log back', (t) => {
  const { $client } = openExampleStore(temporaryStorePath(t));
  const read = (name: string): unknown => $client.pragma(name, { simple: true });
  assert.deepEqual(
    ['synchronous', 'fullfsync', 'checkpoint_fullfsync', 'busy_timeout', 'foreign_keys'].map(read),
    [2, 1, 1, 5000, 1],
  );
  assert.equal(read('journal_size_limit'), 64 * 1024 ** 2);
});

test('opening after a kill reads no more than it needs: a damaged page elsewhere is left to the check', (t) => {
  const path = createFullStore(t);
  const writer = openDatabase(path);
  const root = writer.$client
    .prepare("select rootpage from sqlite_master where name = 'metrics'")
    .pluck()
    .get() as number;
  writeTransaction(writer, (tx) => recordStep(tx, { runId: 'r1', step: 1, rollouts: 1, tokens: 1 }, {}));
  const killed = `${path}.killed`;
  writeFileSync(killed, readFileSync(path).fill(0xff, (root - 1) * 4096, root * 4096));
  copyFileSync(`${path}-wal`, `${killed}-wal`);
  const opened = openDatabase(killed);
  assert.equal(nextStepOf(opened, 'r1'), 2);
  opened.$client.close();
  const inspected = openForInspection(killed);
  const { faults } = checkDatabase(inspected);
  inspected.$client.close();
  assert.ok(faults.some(({ kind }) => kind === 'page'));
});
