import type { ReadOptions } from '../import-format.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';

/** What a plain table may tell of a sample, by the names that its columns have unless the options say otherwise. */
export const plainFields = [
  'problem',
  'prompt',
  'target',
  'sample',
  'correct',
  'score',
  'arm',
  'seed',
  'split',
  'cluster',
  'answer',
  'completion',
  'confidence',
  'tokens',
  'error',
] as const;

export type PlainField = (typeof plainFields)[number];

/** The column that holds each field; null: the table has none. */
export type PlainColumns = Readonly<Record<PlainField, string | null>>;

const MOST_NAMED = 20;

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function assertMapped(path: string, found: readonly string[], fields: ReadOptions['fields']): void {
  for (const [ours, theirs] of Object.entries(fields)) {
    if (!(plainFields as readonly string[]).includes(ours))
      throw new UnreadableSourceError(
        path,
        null,
        `--field ${ours}=${theirs}: there is no field ${JSON.stringify(ours)}, known are ${plainFields.join(', ')}`,
      );
    // What went wrong is told only where something did, so the first lines of a file may lack it.
    if (ours !== 'error' && !found.includes(theirs))
      throw new UnreadableSourceError(
        path,
        null,
        `--field ${ours}=${theirs}: there is no column ${JSON.stringify(theirs)}, found ${listNames(found)}`,
      );
  }
}

function assertEnough(path: string, found: readonly string[], columns: PlainColumns): void {
  const missing: string[] = [];
  if (columns.problem === null && columns.prompt === null)
    missing.push(
      'which problem a sample is of (a column "problem" or "prompt"; name it: --field problem=COLUMN)',
    );
  if (columns.correct === null && columns.score === null)
    missing.push('what it came to (a column "correct" or "score"; name it: --field correct=COLUMN)');
  if (missing.length > 0)
    throw new UnreadableSourceError(
      path,
      null,
      `found the columns ${listNames(found)}; expected ${missing.join(' and ')}`,
    );
}

/**
 * Finds the columns of a plain table.
 *
 * @throws UnreadableSourceError when a column that was named is not there, or problem or score are missing
 */
export function findPlainColumns(
  path: string,
  found: readonly string[],
  fields: ReadOptions['fields'],
): PlainColumns {
  assertMapped(path, found, fields);
  const columns = Object.fromEntries(
    plainFields.map((field) => {
      const named = Object.hasOwn(fields, field) ? fields[field] : undefined;
      return [field, named ?? (found.includes(field) ? field : null)];
    }),
  ) as PlainColumns;
  assertEnough(path, found, columns);
  return columns;
}

/** Notices of columns that hold nothing that is read, so that a mistyped name is seen; empty where all are read. */
export function listUnread(found: readonly string[], columns: PlainColumns): string[] {
  const read = new Set<string | null>(Object.values(columns));
  const unread = found.filter((name) => !read.has(name));
  return unread.length === 0 ? [] : [`columns that were not read: ${listNames(unread)}`];
}
