import type { SourceHeader } from '../../imports/source-sample.ts';

/** A header with the name of its file. */
export interface FileHeader {
  readonly file: string;
  readonly header: SourceHeader;
}

type Value = string | number | boolean | null;

const MOST_VALUES = 4;
const MOST_NOTICES = 5;

function describeValues(values: readonly Value[]): string {
  if (values.length > 2 && values.every((value) => typeof value === 'number'))
    return `${Math.min(...values)} to ${Math.max(...values)}`;
  const more = values.length > MOST_VALUES ? ` and ${values.length - MOST_VALUES} more` : '';
  const shown = values.slice(0, MOST_VALUES).map((value) => (value === null ? 'not told' : String(value)));
  return shown.join(', ') + more;
}

/** What all say, or all that they say; the name joins `differing` where they say different things. */
function mergeValues(name: string, told: readonly Value[], differing: string[]): Value {
  const values = [...new Set(told)];
  if (values.length === 1) return values[0]!;
  differing.push(`${name} (${describeValues(values)})`);
  return describeValues(values);
}

function mergeNotices(headers: readonly FileHeader[]): string[] {
  const files = new Map<string, string[]>();
  for (const { file, header } of headers)
    for (const notice of header.notices) files.set(notice, [...(files.get(notice) ?? []), file]);
  const all = [...files].map(([notice, of]) => {
    if (of.length === headers.length) return notice;
    return of.length === 1 ? `${of[0]}: ${notice}` : `${of[0]} and ${of.length - 1} other files: ${notice}`;
  });
  if (all.length <= MOST_NOTICES) return all;
  return [...all.slice(0, MOST_NOTICES), `${all.length - MOST_NOTICES} more such notices of single files`];
}

/** What several files tell of themselves together; notices say in what they differ. */
export function mergeHeaders(headers: readonly FileHeader[]): SourceHeader {
  const [first, ...others] = headers;
  if (others.length === 0) return first!.header;
  const told = headers.map(({ header }) => header);
  const differing: string[] = [];
  const merge = (name: 'tool' | 'model' | 'task' | 'scorer'): string | null =>
    mergeValues(
      name,
      told.map((header) => header[name]),
      differing,
    ) as string | null;
  const merged = {
    tool: merge('tool'),
    model: merge('model'),
    task: merge('task'),
    scorer: merge('scorer'),
    scorers: [...new Set(told.flatMap(({ scorers }) => scorers))],
  };
  const names = [...new Set(told.flatMap(({ settings }) => Object.keys(settings)))];
  const settings = Object.fromEntries(
    names.map((name) => {
      const values = told.map((header) => header.settings[name] ?? null);
      return [name, mergeValues(name, values, differing)];
    }),
  );
  const differ =
    differing.length === 0 ? [] : [`its ${headers.length} files differ in ${differing.join(', ')}`];
  return { ...merged, settings, notices: [...differ, ...mergeNotices(headers)] };
}
