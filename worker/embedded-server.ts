import { spawn } from 'node:child_process';
import { mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { DiskFullError } from '../activities/artifact-errors.ts';
import { findFreePort } from './free-port.ts';
import type { Home } from './home.ts';

/** The embedded Temporal server did not come up; the message holds the end of its log. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

interface ServerRecord {
  readonly pid: number;
  readonly port: number;
}

/** A persistent development server shared by every command that uses the same home. */
export interface EmbeddedServer {
  readonly address: string;
  /** Starts it again on the same port and file when its process is gone. */
  revive(): Promise<void>;
  /** Leaves it; the last user stops it. */
  release(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The port of last time unless another program took it. */
async function choosePort(previous: number | undefined): Promise<number> {
  if (previous === undefined) return findFreePort();
  const probe = createServer();
  const isFree = await new Promise<boolean>((done) => {
    probe.once('error', () => done(false));
    probe.listen(previous, '127.0.0.1', () => done(true));
  });
  await new Promise((done) => (probe.listening ? probe.close(done) : done(undefined)));
  return isFree ? previous : findFreePort();
}

async function isServing(port: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: '2s' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}

async function readRecord(home: Home): Promise<ServerRecord | null> {
  try {
    return JSON.parse(await readFile(join(home.server, 'server.json'), 'utf8')) as ServerRecord;
  } catch {
    // Absent before the first start, half written never: the file is renamed into place.
    return null;
  }
}

async function writeRecord(home: Home, record: ServerRecord): Promise<void> {
  const target = join(home.server, 'server.json');
  await writeFile(`${target}.${process.pid}`, JSON.stringify(record));
  await rename(`${target}.${process.pid}`, target);
}

/**
 * In what a run needs another server than the development server is by default: that hands out at most 20 tasks a second
 * to all workflows together, 50 ms for each activity and again for the workflow's answer to it, and syncs its file
 * several times for each. A power cut may take its last moments from it; then activities are repeated that are recorded
 * already, which changes nothing.
 */
export function serverSettings(): string[] {
  return [
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
  ];
}

function serverArguments(home: Home, port: number): string[] {
  return [
    ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
    ...['--db-filename', home.serverDatabase, '--log-level', 'error'],
    ...serverSettings(),
  ];
}

function fullDiskError(home: Home): DiskFullError {
  return new DiskFullError(
    `no space left for the Temporal server's file ${home.serverDatabase}; nothing is lost. Free some space and run the same command again`,
  );
}

async function startServer(home: Home, executable: string, port: number): Promise<ServerRecord> {
  await mkdir(home.logs, { recursive: true });
  const logPath = join(home.logs, 'temporal-server.log');
  const log = await open(logPath, 'a');
  // Its own process group, so that Ctrl-C in the terminal reaches only the command, which then drains.
  const server = spawn(executable, serverArguments(home, port), {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  server.unref();
  await log.close();
  if (server.pid === undefined)
    throw new ServerStartError(`cannot execute the Temporal server program ${executable}`);
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isServing(port))) {
    if (!isAlive(server.pid) || Date.now() > deadline) {
      const tail = (await readFile(logPath, 'utf8')).split('\n').slice(-8).join('\n');
      if (tail.includes('disk is full')) {
        throw fullDiskError(home);
      }
      throw new ServerStartError(
        `the Temporal server did not start on 127.0.0.1:${port}; the end of ${logPath}:\n${tail}`,
      );
    }
    await sleep(100);
  }
  const record = { pid: server.pid, port };
  try {
    await writeRecord(home, record);
  } catch (error) {
    // Nobody would find it again, and nobody would stop it.
    process.kill(server.pid, 'SIGKILL');
    throw (error as NodeJS.ErrnoException).code === 'ENOSPC' ? fullDiskError(home) : error;
  }
  return record;
}

async function findRunning(home: Home): Promise<ServerRecord | null> {
  const record = await readRecord(home);
  return record !== null && isAlive(record.pid) && (await isServing(record.port)) ? record : null;
}

async function hasOtherUsers(home: Home): Promise<boolean> {
  const users = await readdir(join(home.server, 'users'));
  return users.some((pid) => Number(pid) !== process.pid && isAlive(Number(pid)));
}

/** Takes the home's running server, or starts it on its persistent file. */
export async function acquireEmbeddedServer(home: Home, executable: string): Promise<EmbeddedServer> {
  await mkdir(join(home.server, 'users'), { recursive: true });
  const user = join(home.server, 'users', String(process.pid));
  await writeFile(user, '');
  // The same port as last time if it is free, so that workers of a killed command find the server again.
  const previous = await readRecord(home);
  let record =
    (await findRunning(home)) ?? (await startServer(home, executable, await choosePort(previous?.port)));
  return {
    address: `127.0.0.1:${record.port}`,
    revive: async () => {
      if (!isAlive(record.pid))
        record = (await findRunning(home)) ?? (await startServer(home, executable, record.port));
    },
    release: async () => {
      await rm(user, { force: true });
      if (!isAlive(record.pid) || (await hasOtherUsers(home))) return;
      process.kill(record.pid, 'SIGTERM');
      const deadline = Date.now() + 10_000;
      while (isAlive(record.pid) && Date.now() < deadline) await sleep(50);
      if (isAlive(record.pid)) process.kill(record.pid, 'SIGKILL');
    },
  };
}
