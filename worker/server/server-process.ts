import Database from 'better-sqlite3';
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { DiskFullError } from '../../artifacts/artifact-errors.ts';
import { PRIVATE_DIRECTORY, type Home } from '../../artifacts/home.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from './process-identity.ts';
import { rotateLogs } from './rotate-logs.ts';

/** The embedded Temporal server did not come up; the message holds the end of its log. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/** The server of a home, as `server/server.json` keeps it. */
export interface ServerRecord extends ProcessIdentity {
  readonly port: number;
}

/** How long a server may take until it answers. */
const START_TIMEOUT_MS = 30_000;

const STOP_TIMEOUT_MS = 10_000;

function recordPath(home: Home): string {
  return join(home.server, 'server.json');
}

/** The server that was started last, running or not. */
export function readRecord(home: Home): ServerRecord | null {
  try {
    return JSON.parse(readFileSync(recordPath(home), 'utf8')) as ServerRecord;
  } catch {
    // Absent before the first start, half written never: the file is renamed into place.
    return null;
  }
}

function writeRecord(home: Home, record: ServerRecord): void {
  const target = recordPath(home);
  writeFileSync(`${target}.partial`, JSON.stringify(record));
  renameSync(`${target}.partial`, target);
}

/**
 * In what a run needs another server than the development server is by default: that hands out at most 20 tasks a second
 * to all workflows together, 50 ms for each activity and again for the workflow's answer to it, and syncs its file
 * several times for each. With WAL and NORMAL a kill takes nothing from it, but a power cut takes its last moments: it
 * then asks for stages that the store has recorded already, and whose files may be gone, so a run whose input is missing
 * or stale asks the store where it stands and goes on from there.
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

/** What an operation on the server's files ended with, in the reader's terms. */
export function toServerError(home: Home, error: unknown): unknown {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC' ? fullDiskError(home) : error;
}

function fullDiskError(home: Home): DiskFullError {
  return new DiskFullError(
    `no space left for the Temporal server's file ${home.serverDatabase}; nothing is lost. Free some space and run the same command again`,
  );
}

/** Two servers on one file would answer for each other's workflows; SQLite knows whether any process has it open. */
function assertFileIsFree(home: Home): void {
  if (!existsSync(home.serverDatabase)) return;
  const database = new Database(home.serverDatabase, { timeout: 0 });
  try {
    database.pragma('locking_mode = exclusive');
    database.exec('begin exclusive');
  } catch (error) {
    // Of a file that it cannot read, the server itself says what is wrong.
    if (!(error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))) return;
    throw new ServerStartError(
      `another process has ${home.serverDatabase} open, and ${recordPath(home)} does not name it: probably a Temporal server ` +
        'whose command was killed while starting it. Find it with `fuser` or `lsof`, end it, and run the same command again',
    );
  } finally {
    database.close();
  }
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

/** Whether a started server comes to answer, before it ends or takes too long. */
export async function comesUp(record: ServerRecord): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isServing(record.port))) {
    if (!isRunning(record) || Date.now() > deadline) return false;
    await sleep(50);
  }
  return isRunning(record);
}

function spawnServer(home: Home, executable: string, port: number): ServerRecord {
  const log = openSync(join(home.logs, 'temporal-server.log'), 'a');
  // Its own process group, so that Ctrl-C in the terminal reaches only the command, which then drains.
  const server = spawn(executable, serverArguments(home, port), {
    detached: true,
    stdio: ['ignore', log, log],
  });
  server.on('error', () => undefined);
  server.unref();
  closeSync(log);
  const { pid } = server;
  if (pid === undefined)
    throw new ServerStartError(`cannot execute the Temporal server program ${executable}`);
  return { ...(identifyProcess(pid) ?? { pid, startedAt: 'ended at once' }), port };
}

/** Starts a server and waits until it answers; null when it ended or took too long, and is no more. */
async function tryServer(home: Home, executable: string, port: number): Promise<ServerRecord | null> {
  const record = spawnServer(home, executable, port);
  try {
    // Before anything is awaited: a command that is killed while it waits leaves a server that the next one finds.
    writeRecord(home, record);
    if (await comesUp(record)) return record;
  } catch (error) {
    // Nobody would find it again, and nobody would stop it.
    await stopServer(record, 'SIGKILL');
    throw error;
  }
  await stopServer(record, 'SIGKILL');
  return null;
}

/**
 * Starts a server on the home's file, which no other may have open, and waits until it answers. One that ends is tried once more: the
 * server draws further ports for its parts, which another program may take in the moment between.
 */
export async function startServer(home: Home, executable: string, port: number): Promise<ServerRecord> {
  mkdirSync(home.logs, PRIVATE_DIRECTORY);
  rotateLogs(home.logs);
  assertFileIsFree(home);
  const begun = Date.now();
  let record = await tryServer(home, executable, port);
  if (record === null && Date.now() - begun < START_TIMEOUT_MS)
    record = await tryServer(home, executable, port);
  if (record !== null) return record;
  const logPath = join(home.logs, 'temporal-server.log');
  const tail = readFileSync(logPath, 'utf8').split('\n').slice(-8).join('\n');
  if (tail.includes('disk is full')) throw fullDiskError(home);
  throw new ServerStartError(
    `the Temporal server did not start on 127.0.0.1:${port}; the end of ${logPath}:\n${tail}`,
  );
}

/** Ends it, by force when it does not end by itself. */
export async function stopServer(
  record: ServerRecord,
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<void> {
  if (!isRunning(record)) return;
  process.kill(record.pid, signal);
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isRunning(record) && Date.now() < deadline) await sleep(50);
  if (isRunning(record) && signal === 'SIGTERM') await stopServer(record, 'SIGKILL');
}
