import { html, type Markup } from '../page/html.ts';
import { renderTable, type Column } from '../page/page-table.ts';
import { csvRows, type CsvCell } from '../text/csv-table.ts';
import { formatInterval } from '../text/format-number.ts';
import { escapeMarkdown, markdownTable } from '../text/markdown-table.ts';

/**
 * One column under up to three heads, one for each place where a table stands: `name` in its CSV file, `title` on the
 * page, `summary` in summary.md. Columns of each place keep the order of the list.
 */
export interface TableColumn<Row> {
  /** Head in the CSV file; absent: not in the file. */
  readonly name?: string;
  /** Head on the page, and in the summary unless `summary` says otherwise; absent: not on the page. */
  readonly title?: string;
  /** Head in the summary where it is not `title`; null: not in the summary. */
  readonly summary?: string | null;
  /** The value, in full; null where there is none. */
  readonly cell: (row: Row) => CsvCell;
  /** How page and summary write a number; Markdown is not escaped in what it gives. */
  readonly format?: (value: number) => string;
  /** A second, smaller line of the cell on the page. */
  readonly below?: (row: Row) => string;
  readonly kind?: Column<Row>['kind'];
}

/** A table of the report, written down once for the file, the page and the summary. */
export interface Table<Row> {
  /** Its CSV file. */
  readonly file: string;
  readonly columns: readonly TableColumn<Row>[];
}

const ABSENT = '–';

function show<Row>(
  { cell, format }: TableColumn<Row>,
  row: Row,
  escape: (text: string) => string = (text) => text,
): string | number {
  const value = cell(row);
  if (value === null) return ABSENT;
  if (typeof value === 'number') return format === undefined ? value : format(value);
  return escape(String(value));
}

/** Rows made into text at once: of a million the cells alone would take some hundred megabytes. */
const ROWS_AT_ONCE = 10_000;

/** The file's text: values in full, an absent one is empty. */
export function toCsv<Row>({ columns }: Table<Row>, rows: readonly Row[]): string {
  const own = columns.flatMap(({ name, cell }) => (name === undefined ? [] : [{ name, cell }]));
  let text = csvRows([own.map(({ name }) => name)]);
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    text += csvRows(rows.slice(from, from + ROWS_AT_ONCE).map((row) => own.map(({ cell }) => cell(row))));
  return text;
}

/** The table on the page; all text is escaped. */
export function toHtml<Row>(caption: string, { columns }: Table<Row>, rows: readonly Row[]): Markup {
  const own = columns.flatMap((column): Column<Row>[] => {
    const { title, below, kind } = column;
    if (title === undefined) return [];
    const cell = (row: Row): Markup | string | number =>
      below === undefined
        ? show(column, row)
        : html`${show(column, row)}<br /><span class="numbers">${below(row)}</span>`;
    return [{ title, cell, ...(kind === undefined ? {} : { kind }) }];
  });
  return renderTable(caption, own, rows);
}

/** The table in the summary; all text is escaped, what is made of numbers is not. */
export function toMarkdown<Row>({ columns }: Table<Row>, rows: readonly Row[]): string {
  const own = columns.flatMap((column) => {
    const head = column.summary === undefined ? column.title : column.summary;
    return head === undefined || head === null ? [] : [{ head, column }];
  });
  return markdownTable(
    own.map(({ head }) => head),
    rows.map((row) => own.map(({ column }) => show(column, row, escapeMarkdown))),
  );
}

interface Sizes {
  readonly bases: number;
  readonly seeds: number;
  readonly problems: number;
}

/** What an estimate is over, in the file. */
export const SIZE_COLUMNS: readonly TableColumn<Sizes>[] = [
  { name: 'bases', cell: ({ bases }) => bases },
  { name: 'seeds', cell: ({ seeds }) => seeds },
  { name: 'problems', cell: ({ problems }) => problems },
];

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The ends of an interval, in the file. */
export const INTERVAL_COLUMNS: readonly TableColumn<Interval>[] = [
  { name: 'low', cell: ({ low }) => low },
  { name: 'high', cell: ({ high }) => high },
];

/** An interval as page and summary write it. */
export const INTERVAL: TableColumn<Interval> = {
  title: '95% interval',
  kind: 'number',
  cell: formatInterval,
};
