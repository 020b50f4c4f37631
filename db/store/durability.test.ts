import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { openDatabase, openReadonlyDatabase, writeTransaction } from './connection.ts';
import { DatabaseDamagedError, DatabaseFullError } from './database-faults.ts';
import {
  exampleRollout,
  openExampleStore,
  recordExampleRollouts,
  temporaryStorePath,
} from '../example-store.fixture.ts';
import { readTransaction } from '../queries/report-queries.ts';
import { listRollouts } from '../queries/rollouts.ts';
import { listMetrics, nextStepOf, recordStep } from '../queries/steps.ts';

const place = { runId: 'r1', phase: 'train', step: 0 };

function childArguments(body: string): string[] {
  const imports = Object.entries({ connection: './connection.ts', steps: '../queries/steps.ts' }).map(
    ([name, file]) => `const ${name} = await import(${JSON.stringify(new URL(file, import.meta.url).href)});`,
  );
  return ['--import', 'tsx', '--input-type=module', '-e', `${imports.join('\n')}\n${body}`];
}

test('a committed step survives a killed process, a step under way leaves nothing', async (t) => {
  const path = temporaryStorePath(t);
  openExampleStore(path).$client.close();
  const child = spawn(
    process.execPath,
    childArguments(`
      const db = connection.openDatabase(${JSON.stringify(path)});
      const step = (number) => steps.recordStep(db, { runId: 'r1', step: number, rollouts: 1, tokens: 1 }, { m: 1 });
      connection.writeTransaction(db, () => step(0));
      connection.writeTransaction(db, () => {
        step(1);
        console.log('half way');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      });`),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const db = openDatabase(path);
  assert.equal(nextStepOf(db, 'r1'), 1);
  assert.equal(listMetrics(db, 'e1').length, 1);
});

test('a full disk is said so, loses nothing, and the same write succeeds once there is space', (t) => {
  const db = openExampleStore(temporaryStorePath(t));
  recordExampleRollouts(db, [exampleRollout('r1', 0)]);
  const pages = db.$client.pragma('page_count', { simple: true }) as number;
  db.$client.pragma(`max_page_count = ${pages + 1}`);
  const many = Array.from({ length: 500 }, (_, i) => exampleRollout('r1', i));
  assert.throws(() => recordExampleRollouts(db, many), DatabaseFullError);
  assert.equal(listRollouts(db, place).length, 1);
  db.$client.pragma('max_page_count = 1000000');
  recordExampleRollouts(db, many);
  assert.equal(listRollouts(db, place).length, 500);
});

test('writers in several processes wait for each other', async (t) => {
  const path = temporaryStorePath(t);
  openExampleStore(path);
  const write = () =>
    promisify(execFile)(
      process.execPath,
      childArguments(`
        const db = connection.openDatabase(${JSON.stringify(path)});
        for (let i = 0; i < 20; i += 1) connection.writeTransaction(db, () => {
          const step = steps.nextStepOf(db, 'r1');
          steps.recordStep(db, { runId: 'r1', step, rollouts: 1, tokens: 1 }, {});
        });`),
    );
  await Promise.all([write(), write(), write()]);
  assert.equal(nextStepOf(openDatabase(path), 'r1'), 60);
});

test('a reader sees the last commit and does not stop the writer', (t) => {
  const path = temporaryStorePath(t);
  const writer = openExampleStore(path);
  const reader = openReadonlyDatabase(path);
  writeTransaction(writer, (tx) => {
    recordStep(tx, { runId: 'r1', step: 0, rollouts: 1, tokens: 1 }, {});
    assert.equal(nextStepOf(reader, 'r1'), 0);
  });
  assert.equal(nextStepOf(reader, 'r1'), 1);
});

test('a report under way sees one state of the store while a long write commits, and neither waits', (t) => {
  const path = temporaryStorePath(t);
  const writer = openExampleStore(path);
  const reader = openReadonlyDatabase(path);
  writer.$client.pragma('cache_size = 10');
  const many = Array.from({ length: 400 }, (_, i) => exampleRollout('r1', i));
  readTransaction(reader, (tx) => {
    assert.equal(listRollouts(tx, place).length, 0);
    recordExampleRollouts(writer, many);
    assert.equal(listRollouts(tx, place).length, 0);
  });
  assert.equal(listRollouts(reader, place).length, 400);
});

test('a copy cut short is found although its log is whole, and is left as it was', (t) => {
  const path = temporaryStorePath(t);
  const db = openExampleStore(path);
  db.$client.pragma('wal_checkpoint(truncate)');
  writeTransaction(db, (tx) => recordStep(tx, { runId: 'r1', step: 0, rollouts: 1, tokens: 1 }, {}));
  const whole = readFileSync(path);
  const cut = whole.subarray(0, whole.length - 5 * 4096);
  writeFileSync(`${path}.cut`, cut);
  copyFileSync(`${path}-wal`, `${path}.cut-wal`);
  assert.throws(() => openDatabase(`${path}.cut`), DatabaseDamagedError);
  assert.ok(readFileSync(`${path}.cut`).equals(cut));
});
