import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { withServerLock } from '../../worker/server/embedded-server.ts';
import { toHome } from '../../artifacts/home.ts';
import { isRunning } from '../../worker/server/process-identity.ts';
import { readRecord } from '../../worker/server/server-process.ts';

/** What SQLite reads after a power cut; the `-shm` file is memory and does not outlive one. */
const SUFFIXES = ['', '-wal'];

/** The server's state at this moment: it stands still while its files are copied. */
function copyState(file: string, pid: number): void {
  process.kill(pid, 'SIGSTOP');
  try {
    for (const suffix of SUFFIXES) {
      if (existsSync(file + suffix)) copyFileSync(file + suffix, `${file}${suffix}.earlier`);
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

function putBack(file: string): void {
  for (const suffix of [...SUFFIXES, '-shm']) rmSync(file + suffix, { force: true });
  for (const suffix of SUFFIXES) {
    if (existsSync(`${file}${suffix}.earlier`)) renameSync(`${file}${suffix}.earlier`, file + suffix);
  }
}

/**
 * Does to the home's server what a power cut may do to it, and to it alone: it ends, and forgets what it wrote in the last
 * `forgottenMs`. Nobody can start it before its file is that of then.
 */
export async function rollBackServer(directory: string, forgottenMs: number): Promise<void> {
  const home = toHome(directory);
  copyState(home.serverDatabase, readRecord(home)!.pid);
  await sleep(forgottenMs);
  await withServerLock(home, async () => {
    const server = readRecord(home)!;
    if (isRunning(server)) process.kill(server.pid, 'SIGKILL');
    while (isRunning(server)) await sleep(5);
    putBack(home.serverDatabase);
  });
}
