import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { findFreePort } from './free-port.ts';
import { PRIVATE_DIRECTORY, type Home } from '../../artifacts/home.ts';
import { isRunning } from './process-identity.ts';
import { enterUser, hasUsers, removeDeadUsers } from './server-users.ts';
import {
  comesUp,
  readRecord,
  startServer,
  stopServer,
  toServerError,
  type ServerRecord,
} from './server-process.ts';
import { withInstallationLock } from '../../setup/installation-lock.ts';

/** A persistent development server shared by every command that uses the same home. */
export interface EmbeddedServer {
  readonly address: string;
  /** Starts it again on the same port and file when its process is gone. */
  revive(onDead?: () => void): Promise<void>;
  /** Leaves it; the last user stops it. */
  release(): Promise<void>;
}

/** Runs `work` while no other command starts, joins, revives or leaves the home's server; a killed command gives way at once. */
export async function withServerLock<T>(home: Home, work: () => Promise<T>): Promise<T> {
  try {
    mkdirSync(home.server, PRIVATE_DIRECTORY);
    return await withInstallationLock({ path: join(home.server, 'lock'), onWait: () => undefined }, work);
  } catch (error) {
    throw toServerError(home, error);
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

interface ServerRequest {
  readonly home: Home;
  readonly executable: string;
  /** Told where the server will answer, before it does. */
  readonly onAddress: (address: string) => void;
}

function toAddress(port: number): string {
  return `127.0.0.1:${port}`;
}

/** The home's running server, or a new one; the caller holds the lock. */
async function ensureServer({ home, executable, onAddress }: ServerRequest): Promise<ServerRecord> {
  const known = readRecord(home);
  const running = known !== null && isRunning(known) ? known : null;
  // The same port as last time if it is free, so that workers of a killed command find the server again.
  const port = running?.port ?? (await choosePort(known?.port));
  onAddress(toAddress(port));
  if (running !== null) {
    if (await comesUp(running)) return running;
    // It hangs, and its file cannot have another server as long as it lives.
    await stopServer(running, 'SIGKILL');
  }
  return startServer(home, executable, port);
}

/** Takes the home's running server, or starts it on its persistent file. */
export function acquireEmbeddedServer(
  home: Home,
  executable: string,
  onAddress: (address: string) => void = () => undefined,
): Promise<EmbeddedServer> {
  return withServerLock(home, async () => {
    const entry = enterUser(home);
    try {
      const record = await ensureServer({ home, executable, onAddress });
      return useServer({ home, executable, entry, record });
    } catch (error) {
      rmSync(entry, { force: true });
      throw error;
    }
  });
}

interface ServerUse {
  readonly home: Home;
  readonly executable: string;
  readonly entry: string;
  readonly record: ServerRecord;
}

function useServer({ home, executable, entry, record }: ServerUse): EmbeddedServer {
  let current = record;
  let isReleased = false;
  const revive = async (): Promise<void> => {
    if (isReleased) return;
    const known = readRecord(home);
    // Another command may have started it again meanwhile.
    if (known !== null && isRunning(known) && (await comesUp(known))) current = known;
    else current = await startServer(home, executable, record.port);
  };
  return {
    address: toAddress(record.port),
    revive: async (onDead = () => undefined) => {
      if (isRunning(current)) return;
      onDead();
      await withServerLock(home, revive);
    },
    release: () =>
      withServerLock(home, async () => {
        isReleased = true;
        rmSync(entry, { force: true });
        const known = readRecord(home);
        removeDeadUsers(home);
        if (known !== null && !hasUsers(home)) await stopServer(known);
      }),
  };
}
