import type { FlatSettings } from '../comparison/differing-settings.ts';
import { toOneLine } from './to-one-line.ts';

/** What arms are expected to differ in. */
const EXPECTED = new Set(['model', 'task', 'tool', 'settings.batch_size']);
const isSeed = (key: string): boolean => /(?:^|[._])seed$/.test(key);
const MOST_NAMED = 4;
const LONGEST = 40;

function show(value: string | undefined): string {
  if (value === undefined) return 'not told';
  const line = toOneLine(value);
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST)}…`;
}

/** Scorers and sampling settings that are not alike in all arms: a difference may come from them alone. */
export function describeChangedSettings(
  names: readonly string[],
  differing: readonly FlatSettings[],
): string[] {
  const keys = [...new Set(differing.flatMap((settings) => Object.keys(settings)))]
    .filter((key) => !EXPECTED.has(key) && !isSeed(key))
    .sort();
  if (keys.length === 0) return [];
  const told = keys.slice(0, MOST_NAMED).map((key) => {
    const values = names.map((name, i) => `${show(differing[i]![key])} in ${name}`);
    return `${toOneLine(key.replace(/^settings\./, ''))} (${values.join(', ')})`;
  });
  const more = keys.length - MOST_NAMED;
  return [
    `The arms do not differ in their models alone: ${told.join('; ')}${more > 0 ? `; and ${more} more, in the report` : ''}.`,
  ];
}
