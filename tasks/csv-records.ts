import { CsvError, parse } from 'csv-parse/sync';
import { ProblemFileError } from './problem-file-error.ts';

/** A row below the head: the text of each column, and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
}

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const countBreaks = (text: string): number => text.split('\n').length - 1;

/** The parser counts to a record's last line; every break before it stands in a quoted cell. */
function firstLineOf({ record, info }: ParsedRecord): number {
  return info.lines - record.reduce((sum, cell) => sum + countBreaks(cell), 0);
}

function parseTable(text: string, source: string, delimiter: string): ParsedRecord[] {
  try {
    // `trim` takes blanks around a delimiter away, never those within quotes.
    const options = { bom: true, info: true, trim: true, skip_empty_lines: true } as const;
    return parse(text, { ...options, delimiter }) as unknown as ParsedRecord[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number(error['lines'] ?? 1);
    throw new ProblemFileError(source, line, error.message.replace(/ (?:on|at) line \d+/, ''));
  }
}

/**
 * The rows of a table whose first row names the columns. Quoted cells may hold line breaks; a byte-order mark and empty lines are skipped.
 *
 * @param source names the text in errors
 * @throws ProblemFileError
 */
export function parseCsvRecords(text: string, source: string, delimiter: string): CsvRecord[] {
  const [head, ...rows] = parseTable(text, source, delimiter);
  if (head === undefined)
    throw new ProblemFileError(source, 1, 'no row, expected one that names the columns');
  const names = head.record;
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined)
    throw new ProblemFileError(source, firstLineOf(head), `two columns are called "${twice}"`);
  return rows.map((row) => ({
    line: firstLineOf(row),
    cells: Object.fromEntries(row.record.map((cell, at) => [names[at]!, cell])),
  }));
}
