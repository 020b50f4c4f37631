import type { ComparisonInput, ImportedSource } from '../comparison/comparison-input.ts';
import { html } from './html.ts';
import { renderTable } from './page-table.ts';
import type { Section } from './result-sections.ts';

/** Where imported results come from; null where this program made them. */
export function sourceSection({ imported }: ComparisonInput): Section | null {
  if (imported === undefined) return null;
  const details = [...new Set(imported.sources.flatMap((source) => Object.keys(source.details)))];
  const table = renderTable(
    'Files that the results were read from',
    [
      { title: 'arm', cell: ({ arm }) => arm },
      { title: 'file', kind: 'wide', cell: ({ file }) => file },
      {
        title: 'SHA-256',
        cell: ({ sha256 }) => html`<span class="hash" title="${sha256}">${sha256.slice(0, 12)}</span>`,
      },
      { title: 'format', cell: ({ format }) => format },
      { title: 'samples', kind: 'number', cell: ({ samples }) => samples },
      { title: 'without a score', kind: 'number', cell: ({ failed }) => failed },
      ...details.map((name) => ({
        title: name,
        cell: (source: ImportedSource) => source.details[name] ?? '–',
      })),
    ],
    imported.sources,
  );
  const body = html`<p class="lead">
      Other programs made these results. What they say of themselves is repeated here and was not checked.
    </p>
    ${table}`;
  return { id: 'sources', title: 'Sources', body };
}

/** What was left out or does not match, above all numbers. */
export function renderImportNotices({ imported }: ComparisonInput): ReturnType<typeof html> | null {
  if (imported === undefined || imported.notices.length === 0) return null;
  return html`<aside class="notice">
    <p><strong>What to know of the files</strong></p>
    <ul>
      ${imported.notices.map((notice) => html`<li>${notice}</li>`)}
    </ul>
  </aside>`;
}
