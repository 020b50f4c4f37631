import { html, type Markup } from './html.ts';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Markup | string | number;
  readonly kind?: 'number' | 'wide';
}

/** A table that scrolls inside its own box; the first column heads its row. */
export function renderTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Markup {
  const cellClass = ({ kind }: Column<Row>): string => kind ?? '';
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col" class="${cellClass(column)}">${column.title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map((column, i) =>
                i === 0
                  ? html`<th scope="row" class="${cellClass(column)}">${column.cell(row)}</th>`
                  : html`<td class="${cellClass(column)}">${column.cell(row)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** Rows of a table that stands open; a longer one is read by those who look for a row. */
const MOST_OPEN = 12;

/** The table as it is, or behind its caption where it is long. */
export function foldLong(caption: string, rows: number, table: Markup): Markup {
  if (rows <= MOST_OPEN) return table;
  return html`<details>
    <summary>${caption} (${rows} rows)</summary>
    ${table}
  </details>`;
}
