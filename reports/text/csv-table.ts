import { stringify } from 'csv-stringify/sync';

export type CsvCell = string | number | boolean | null;

/**
 * One CSV table: header, then rows. Text that a spreadsheet would run as a formula (leading = + - @, tab or carriage
 * return, also after blanks) gets a leading apostrophe; numbers are left as they are.
 */
export function csvTable(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return csvRows([header]) + csvRows(rows);
}

/** The rows of such a table alone. */
export function csvRows(rows: readonly (readonly CsvCell[])[]): string {
  const guarded = rows.map((row) =>
    row.map((cell) => (typeof cell === 'string' ? guardFormula(cell) : cell)),
  );
  return stringify(guarded, { cast: { boolean: String } });
}

function guardFormula(text: string): string {
  return /^\s*[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
}
