import type { Tabulated } from '../tables/plain-table.ts';
import { html } from './html.ts';
import { foldLong } from './page-table.ts';
import type { Section } from './result-sections.ts';

/** A table with its lead and its caption; null where it has no rows. */
export function plainSection(table: Tabulated): Section | null {
  const { id, title, lead, note } = table;
  if (table.rows === 0) return null;
  const body = html`
    <p class="lead">${lead}</p>
    ${foldLong(title, table.rows, table.toHtml())}
    ${note === undefined ? null : html`<p class="caption">${note}</p>`}
  `;
  return { id, title, body };
}
