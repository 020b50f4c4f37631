import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { html } from './html.ts';
import { foldLong, renderTable } from './page-table.ts';
import type { ReportNotes } from '../text/answer-notes.ts';
import type { Section } from './result-sections.ts';

/** A longer value is data or code, which nobody compares by eye. */
const MOST_CHARACTERS = 60;

const shorten = (value: string): string =>
  value.length <= MOST_CHARACTERS
    ? value
    : `${value.slice(0, MOST_CHARACTERS)}… (${value.length} characters)`;

/** Only those settings in which the arms differ; null where they differ in none. */
export function settingSection({ conditions }: ComparisonInput, notes: ReportNotes): Section | null {
  const keys = [...new Set(conditions.flatMap(({ settings }) => Object.keys(settings)))].sort();
  if (keys.length === 0) return null;
  const caption = 'Settings that are not alike in all arms';
  const table = renderTable(
    caption,
    [
      { title: 'setting', cell: (key: string) => html`<code>${key}</code>` },
      ...conditions.map(({ name, settings }) => ({
        title: name,
        cell: (key: string) => shorten(settings[key] ?? '–'),
      })),
    ],
    keys,
  );
  const body = html`
    <p class="lead">${notes.settings}</p>
    ${foldLong(caption, keys.length, table)}
  `;
  return { id: 'settings', title: 'How the arms differ', body };
}
