/** The file is not a whole SQLite database; nothing was written to it. */
export class DatabaseDamagedError extends Error {
  override readonly name = 'DatabaseDamagedError';
}

/** The database has migrations this program does not know. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';
}

/** The database lacks migrations of this program, and the command only reads. */
export class DatabaseTooOldError extends Error {
  override readonly name = 'DatabaseTooOldError';
}

/** There is no database where a reader expected one. */
export class DatabaseMissingError extends Error {
  override readonly name = 'DatabaseMissingError';
}

/** The database could not grow; the transaction was rolled back and nothing is lost. */
export class DatabaseFullError extends Error {
  override readonly name = 'DatabaseFullError';
}

/** better-sqlite3's addon is not there, or was built for another Node; `assay setup` puts the right one in its place. */
export class DatabaseBindingError extends Error {
  override readonly name = 'DatabaseBindingError';
}

/** Another process has the database open while its version changes. */
export class DatabaseInUseError extends Error {
  override readonly name = 'DatabaseInUseError';
}

const DAMAGE_CODES = new Set([
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  'SQLITE_CORRUPT_INDEX',
  'SQLITE_IOERR_SHORT_READ',
]);

export function codeOf(error: unknown): string {
  return String((error as { code?: unknown } | null)?.code ?? '');
}

/** Gives SQLite's own faults a type the reader can act on; others pass unchanged. */
export function toTypedFault(error: unknown, path: string): unknown {
  const code = codeOf(error);
  // `tries` are the places where the package's loader looked in vain.
  if (code === 'ERR_DLOPEN_FAILED' || (error instanceof Error && 'tries' in error)) {
    const [reason = ''] = (error as Error).message.split('\n');
    return new DatabaseBindingError(
      `the database ${path} cannot be opened, because better-sqlite3's addon does not load in Node ${process.versions.node} ` +
        `(${reason}); expected one built for it. Build it with: npm run assay -- setup`,
    );
  }
  if (DAMAGE_CODES.has(code)) {
    return new DatabaseDamagedError(
      `the database ${path} is damaged (${code}: ${(error as Error).message}); nothing was written. ` +
        'Put a whole copy in its place, together with its -wal file if it has one',
    );
  }
  if (code === 'SQLITE_FULL') {
    return new DatabaseFullError(
      `no space left for the database ${path}; the transaction was rolled back and nothing is lost. ` +
        'Free some space and run the same command again',
    );
  }
  return error;
}
