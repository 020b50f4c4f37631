import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import SqliteDatabase from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { checkDatabase } from './check-database.ts';
import { openDatabase, openForInspection } from './connection.ts';
import { temporaryStorePath } from '../example-store.fixture.ts';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

interface Journal {
  readonly entries: readonly { readonly tag: string }[];
}

/** A store of the schema's first version with a row in each of the tables that later versions rebuild. */
function createFirstVersion(t: TestContext): string {
  const path = temporaryStorePath(t);
  const first = join(dirname(path), 'migrations');
  cpSync(migrations, first, { recursive: true });
  const journalPath = join(first, 'meta/_journal.json');
  const journal = JSON.parse(readFileSync(journalPath, 'utf8')) as Journal;
  writeFileSync(journalPath, JSON.stringify({ ...journal, entries: journal.entries.slice(0, 1) }));
  mkdirSync(dirname(path), { recursive: true });
  const client = new SqliteDatabase(path);
  client.pragma('journal_mode = wal');
  migrate(drizzle(client), { migrationsFolder: first });
  client.exec(`
    insert into experiments (id, name, question, baseline, created_at) values ('e', 'demo', 'Why?', 'base', 'then');
    insert into conditions (experiment_id, id, name, position, is_control, base_model_id, settings)
      values ('e', 'c', 'grpo', 0, 0, 'b', '{"base":{"seed":0}}');
    insert into runs (id, experiment_id, condition_id, seed, status, total_steps) values ('r', 'e', 'c', 0, 'running', 9);
    insert into attempts (run_id, stage, step, attempt, worker, started_at) values ('r', 'record', 0, 1, 'w', 'then');
    insert into steps (run_id, step, rollouts, tokens, recorded_at) values ('r', 0, 1, 1, 'then');`);
  client.close();
  return path;
}

/** Opens the store in a process that kills itself at statement `killAt` of the migration, or says how many there were. */
function openAndKill(path: string, killAt: number): { signal: NodeJS.Signals | null; statements: number } {
  const connection = new URL('./connection.ts', import.meta.url).href;
  const sqlite = import.meta.resolve('better-sqlite3');
  const program = `
    const { default: SqliteDatabase } = await import(${JSON.stringify(sqlite)});
    const { openDatabase } = await import(${JSON.stringify(connection)});
    const { prepare, exec } = SqliteDatabase.prototype;
    let statements = 0;
    const countStatement = (client, text) => {
      // The store's identity is given after the migration, in a transaction of its own.
      const isMigration = (client.inTransaction && !text.includes('"stores"')) || text.startsWith('vacuum into');
      if (isMigration && client.name === ${JSON.stringify(path)} && ++statements === ${killAt})
        process.kill(process.pid, 'SIGKILL');
    };
    SqliteDatabase.prototype.prepare = function (text) {
      countStatement(this, text);
      return prepare.call(this, text);
    };
    SqliteDatabase.prototype.exec = function (text) {
      countStatement(this, text);
      return exec.call(this, text);
    };
    openDatabase(${JSON.stringify(path)});
    console.log(statements);`;
  const parameters = ['--import', 'tsx', '--input-type=module', '-e', program];
  const { signal, stdout } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
  return { signal, statements: Number(stdout) };
}

test('a migration killed at its first, a middle and its last statement leaves the old version whole, and the next opening finishes it', (t) => {
  const path = createFirstVersion(t);
  copyFileSync(path, `${path}.rehearsal`);
  const { statements: last } = openAndKill(`${path}.rehearsal`, -1);
  assert.ok(last > 3);
  for (const killAt of [1, Math.floor(last / 2), last]) {
    assert.equal(openAndKill(path, killAt).signal, 'SIGKILL', `statement ${killAt} of ${last}`);
    const left = openForInspection(path);
    const { contents, faults } = checkDatabase(left);
    left.$client.close();
    assert.equal(contents?.appliedMigrations, 1);
    assert.deepEqual(
      faults.map(({ kind }) => kind),
      ['schema'],
    );
  }
  const db = openDatabase(path);
  assert.deepEqual(checkDatabase(db).faults, []);
  for (const table of ['experiments', 'conditions', 'runs', 'attempts', 'steps']) {
    const rows = db.$client.prepare(`select count(*) from ${table}`).pluck().get();
    assert.equal(rows, 1, `rows of ${table}`);
  }
  db.$client.close();
});
