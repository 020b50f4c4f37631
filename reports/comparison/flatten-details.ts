import { isSettings } from '../../config/merge.ts';

/** Nested JSON as label → text, `parent.child` for members of members. */
export function flattenDetails(value: unknown, prefix = ''): Record<string, string> {
  if (!isSettings(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]): [string, string][] => {
      if (isSettings(member)) return Object.entries(flattenDetails(member, `${prefix}${key}.`));
      return member === null
        ? []
        : [[prefix + key, typeof member === 'string' ? member : JSON.stringify(member)]];
    }),
  );
}
