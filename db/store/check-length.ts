import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import type SqliteDatabase from 'better-sqlite3';

/** Sizes of SQLite's write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log), in bytes. */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALT_BYTES = 8;

/** Numbers of the pages that the log holds; frames with another salt are left over from before it was last reset. */
function listLoggedPages(path: string, pageBytes: number): Set<number> {
  const pages = new Set<number>();
  if (!existsSync(path)) return pages;
  const log = openSync(path, 'r');
  try {
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    readSync(log, header, 0, LOG_HEADER_BYTES, 0);
    const salt = header.subarray(16, 16 + SALT_BYTES);
    const frame = Buffer.alloc(FRAME_HEADER_BYTES);
    let at = LOG_HEADER_BYTES;
    while (readSync(log, frame, 0, FRAME_HEADER_BYTES, at) === FRAME_HEADER_BYTES) {
      if (frame.subarray(8, 8 + SALT_BYTES).equals(salt)) pages.add(frame.readUInt32BE(0));
      at += FRAME_HEADER_BYTES + pageBytes;
    }
    return pages;
  } finally {
    closeSync(log);
  }
}

/** Whether pages at the end are neither in the file nor in its log. */
function lacksPages(client: SqliteDatabase.Database): boolean {
  const pageBytes = client.pragma('page_size', { simple: true }) as number;
  const pages = client.pragma('page_count', { simple: true }) as number;
  const inFile = Math.floor(statSync(client.name).size / pageBytes);
  if (inFile >= pages) return false;
  const logged = listLoggedPages(`${client.name}-wal`, pageBytes);
  for (let page = inFile + 1; page <= pages; page += 1) if (!logged.has(page)) return true;
  return false;
}

/**
 * Finds a file cut short. Without a log SQLite compares length and header itself; with one it reads the missing pages as
 * zeros. Costs nothing that grows with the file: all pages are read only where some are missing, to be sure of it.
 */
export function assertWholeLength(client: SqliteDatabase.Database): void {
  // One snapshot, so that a writer's checkpoint cannot move pages between the two looks.
  const isCut = client.transaction(() => lacksPages(client))();
  if (!isCut) return;
  const found = client.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw Object.assign(new Error(String(found)), { code: 'SQLITE_CORRUPT' });
}
