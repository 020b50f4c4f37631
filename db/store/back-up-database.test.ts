import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackupExistsError, backUpDatabase } from './back-up-database.ts';
import { checkDatabase } from './check-database.ts';
import { openDatabase, openReadonlyDatabase } from './connection.ts';
import { DatabaseDamagedError, DatabaseMissingError } from './database-faults.ts';
import {
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { listMetrics, nextStepOf } from '../queries/steps.ts';

test('a backup beside a process that writes holds whole steps only, and is a store of its own', async (t) => {
  const path = temporaryStorePath(t);
  const db = openExampleStore(path);
  recordExampleRollouts(
    db,
    Array.from({ length: 2000 }, (_, i) => exampleRollout('r2', i)),
  );
  const imports = Object.entries({ connection: './connection.ts', steps: '../queries/steps.ts' }).map(
    ([name, file]) => `const ${name} = await import(${JSON.stringify(new URL(file, import.meta.url).href)});`,
  );
  const writer = spawn(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    `${imports.join('\n')}
    const db = connection.openDatabase(${JSON.stringify(path)});
    for (let step = 0; ; step += 1) connection.writeTransaction(db, () =>
      steps.recordStep(db, { runId: 'r1', step, rollouts: 1, tokens: 1 }, { a: step, b: step, c: step }));`,
  ]);
  t.after(() => writer.kill('SIGKILL'));
  while (nextStepOf(db, 'r1') < 3) await sleep(20);
  const file = `${path}.backup`;
  const backup = await backUpDatabase(path, file);
  const stepsThen = nextStepOf(db, 'r1');
  while (nextStepOf(db, 'r1') === stepsThen) await sleep(20);
  writer.kill('SIGKILL');
  await once(writer, 'exit');
  assert.equal(backup.file, file);
  const copy = openReadonlyDatabase(file);
  const steps = nextStepOf(copy, 'r1');
  assert.ok(steps >= 3 && steps <= stepsThen);
  assert.equal(listMetrics(copy, 'e1').length, 3 * steps);
  assert.deepEqual(checkDatabase(copy).faults, []);
  copy.$client.close();
  assert.equal(nextStepOf(openDatabase(file), 'r1'), steps);
  assert.deepEqual(
    readdirSync(dirname(path)).filter((name) => name.endsWith('.partial')),
    [],
  );
});

test('a backup never overwrites a file and leaves nothing where there is no whole database', async (t) => {
  const path = temporaryStorePath(t);
  await assert.rejects(backUpDatabase(path, `${path}.backup`), DatabaseMissingError);
  const db = openExampleStore(path);
  const root = db.$client.prepare("select rootpage from sqlite_master where name = 'runs'").pluck().get();
  db.$client.close();
  writeFileSync(`${path}.taken`, 'mine');
  await assert.rejects(backUpDatabase(path, `${path}.taken`), BackupExistsError);
  assert.equal(readFileSync(`${path}.taken`, 'utf8'), 'mine');
  const damaged = `${path}.damaged`;
  copyFileSync(path, damaged);
  const pageStart = ((root as number) - 1) * 4096;
  writeFileSync(damaged, readFileSync(path).fill(0xff, pageStart, pageStart + 4096));
  await assert.rejects(backUpDatabase(damaged, `${path}.backup`), DatabaseDamagedError);
  assert.ok(!existsSync(`${path}.backup`));
});
