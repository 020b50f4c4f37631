import type { SourceHeader } from './source-sample.ts';

type Setting = string | number | boolean | null;

function toSetting(value: unknown): Setting {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null ? null : JSON.stringify(value);
}

/** What a tool's configuration says, as settings: a list or an object as its JSON, and what is not told left out. */
export function toSettings(values: Readonly<Record<string, unknown>>): SourceHeader['settings'] {
  const told = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([name, value]) => [name, toSetting(value)]));
}
