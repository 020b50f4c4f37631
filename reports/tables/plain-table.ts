import type { ComparisonInput } from '../comparison/comparison-input.ts';
import type { FinalCounts } from '../comparison/final-counts.ts';
import type { Markup } from '../page/html.ts';
import { toCsv, toHtml, toMarkdown, type Table } from './table.ts';

/** What a table is computed from. */
export interface Compared {
  /** Sorted. */
  readonly input: ComparisonInput;
  /** Final evaluations of the completed runs. */
  readonly finals: readonly FinalCounts[];
}

/**
 * A table that stands in the report as a section of its own, without figures: on the page with a lead and a caption, in the summary,
 * and as a file. A section without rows is left out of page and summary.
 */
export interface PlainTable<Row> extends Table<Row> {
  /** Anchor of its section on the page. */
  readonly id: string;
  readonly title: string;
  /** Head in the summary. */
  readonly heading: string;
  /** What it is for, above the table. */
  readonly lead: string;
  readonly caption: string;
  /** How to read it, below the table. */
  readonly note?: string;
  tabulate(of: Compared): Row[];
}

/** A plain table with its rows, as each place of the report writes it. */
export interface Tabulated extends Omit<PlainTable<never>, 'columns' | 'tabulate'> {
  readonly rows: number;
  toCsv(): string;
  toHtml(): Markup;
  toMarkdown(): string;
}

/** Computes a plain table. */
export function tabulate<Row>(table: PlainTable<Row>, of: Compared): Tabulated {
  const rows = table.tabulate(of);
  return {
    ...table,
    rows: rows.length,
    toCsv: () => toCsv(table, rows),
    toHtml: () => toHtml(table.caption, table, rows),
    toMarkdown: () => toMarkdown(table, rows),
  };
}
