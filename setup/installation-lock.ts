import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';

const POLL_MS = 500;

export interface LockRequest {
  /** File that stands for the lock; made when absent and left in place. */
  path: string;
  /** Called once when another process holds the lock. */
  onWait: () => void;
}

/**
 * Runs `work` while no other process of this machine runs work under the same path.
 * The lock is SQLite's: the operating system gives it back when a process dies, so no lock can be left behind.
 */
export async function withInstallationLock<T>(
  { path, onWait }: LockRequest,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path, { timeout: 0 });
  try {
    let waited = false;
    while (!tryToLock(database)) {
      if (!waited) onWait();
      waited = true;
      await pause(POLL_MS);
    }
    return await work();
  } finally {
    database.close();
  }
}

function tryToLock(database: Database.Database): boolean {
  try {
    // Without a journal file a lock needs no room on a full disk.
    database.pragma('journal_mode = memory');
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return false;
    throw error;
  }
}
