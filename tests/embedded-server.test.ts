import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultCacheDirectory } from '../model/backends/cache-directory.ts';
import { acquireEmbeddedServer, type EmbeddedServer } from '../worker/server/embedded-server.ts';
import { toHome } from '../artifacts/home.ts';
import { isRunning } from '../worker/server/process-identity.ts';
import { readRecord } from '../worker/server/server-process.ts';
import { provideTemporalServer } from '../setup/temporal-server.ts';
import { findProcesses, startAssay } from './support/assay-process.ts';
import { readServer } from './chaos/server-view.ts';
import { createTemporaryDirectory, smallMatrixCommand, waitFor } from './support/small-matrix.ts';

let program: string;

before(async () => {
  program = await provideTemporalServer({ cacheDirectory: defaultCacheDirectory(), report: () => undefined });
});

function acquire(directory: string): Promise<EmbeddedServer> {
  return acquireEmbeddedServer(toHome(directory), program);
}

function serversOf(home: string): number[] {
  return findProcesses('start-dev', home);
}

test('two first commands at once share one server, in a home for its owner alone, and the last one stops it', async (t) => {
  const home = join(createTemporaryDirectory(t, 'assay-two-commands-'), 'home');
  const commands = [1, 2].map(() => startAssay([...smallMatrixCommand(home), '--train-workers', '0']));
  for (const command of commands) {
    await waitFor(command, 'the server', () => command.output().stderr.includes('Temporal at'));
  }
  assert.deepEqual(serversOf(home), [readServer(home).pid]);
  assert.equal(statSync(home).mode & 0o777, 0o700);
  for (const command of commands) {
    assert.equal(serversOf(home).length, 1);
    command.child.kill('SIGINT');
    assert.equal(await command.exit, 130, command.output().stderr);
  }
  assert.deepEqual(serversOf(home), []);
  assert.deepEqual(readdirSync(join(home, 'server/users')), []);
});

test('users that come and go at once never meet a second server or none', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-server-race-');
  const visit = async (visitor: number): Promise<void> => {
    await sleep(700 * visitor);
    const server = await acquire(home);
    assert.deepEqual(serversOf(home), [readServer(home).pid]);
    await sleep(visitor % 2 === 0 ? 0 : 900);
    assert.deepEqual(serversOf(home), [readServer(home).pid]);
    await server.release();
  };
  await Promise.all([0, 1, 2, 3, 4, 5].map(visit));
  assert.deepEqual(serversOf(home), []);
});

test('a server that was stopped has given back its file and its port', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-server-again-');
  const ports = new Set<number>();
  // Often, since its threads end one after the other, in no time or, on a busy machine, in some milliseconds.
  for (let start = 0; start < 8; start += 1) {
    const server = await acquire(home);
    ports.add(readServer(home).port);
    await server.release();
  }
  assert.equal(ports.size, 1);
});

test('a command that is killed while its server starts leaves a server that the next one takes', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-server-killed-');
  const start = `
    const { acquireEmbeddedServer } = await import(${JSON.stringify(new URL('../worker/server/embedded-server.ts', import.meta.url).href)});
    const { toHome } = await import(${JSON.stringify(new URL('../artifacts/home.ts', import.meta.url).href)});
    await acquireEmbeddedServer(toHome(${JSON.stringify(home)}), ${JSON.stringify(program)});`;
  const killed = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', start], {
    stdio: 'ignore',
  });
  while (!existsSync(join(home, 'server/server.json'))) await sleep(5);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const { pid } = readServer(home);
  const server = await acquire(home);
  assert.deepEqual(serversOf(home), [pid]);
  await server.release();
  assert.deepEqual(serversOf(home), []);
});

test('an entry of a killed command whose process number another program has now keeps no server', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-server-reused-');
  const server = await acquire(home);
  writeFileSync(join(home, 'server/users/killed'), JSON.stringify({ pid: process.pid, startedAt: '1' }));
  writeFileSync(join(home, 'server/users/cut-short'), '');
  await server.release();
  assert.deepEqual(serversOf(home), []);
  assert.deepEqual(readdirSync(join(home, 'server/users')), []);
});

test('a record whose process number another program has now is not taken for the server, nor killed', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-server-record-');
  const first = await acquire(home);
  const killed = readRecord(toHome(home))!;
  const { port } = killed;
  process.kill(killed.pid, 'SIGKILL');
  while (isRunning(killed)) await sleep(20);
  writeFileSync(join(home, 'server/server.json'), JSON.stringify({ pid: process.pid, startedAt: '1', port }));
  await first.revive();
  assert.equal(readServer(home).port, port);
  assert.deepEqual(serversOf(home), [readServer(home).pid]);
  await first.release();
  assert.deepEqual(serversOf(home), []);
});

test('no second server starts on a file that a server without a record has open', async (t) => {
  const home = createTemporaryDirectory(t, 'assay-server-unrecorded-');
  const server = await acquire(home);
  const record = join(home, 'server/server.json');
  renameSync(record, `${record}.away`);
  await assert.rejects(acquire(home), /ServerStartError: another process has .*temporal\.db open/);
  assert.equal(serversOf(home).length, 1);
  rmSync(record, { force: true });
  renameSync(`${record}.away`, record);
  await server.release();
  assert.deepEqual(serversOf(home), []);
});
