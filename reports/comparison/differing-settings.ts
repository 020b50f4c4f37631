import { isSettings } from '../../config/merge.ts';

/** Dotted key → value as text. */
export type FlatSettings = Readonly<Record<string, string>>;

/** They describe a scheme and decide nothing. */
const DESCRIPTIONS = new Set(['scheme.title', 'scheme.source']);
/** What an arm that takes no step does nothing with. */
const OF_TRAINING = /^(training|scheme)\.(?!name$)/;

function isNamedList(value: unknown): value is { readonly name: string }[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((item) => isSettings(item) && typeof item['name'] === 'string') &&
    new Set((value as { name: string }[]).map(({ name }) => name)).size === value.length
  );
}

/** Every value of nested settings under its dotted key; parts of a list stand under their names, the list itself is their order. */
export function flattenSettings(value: unknown, key = ''): FlatSettings {
  const below = (name: string): string => (key === '' ? name : `${key}.${name}`);
  if (isNamedList(value)) {
    const parts = value.map(({ name, ...rest }) => flattenSettings(rest, below(name)));
    return Object.assign({ [key]: value.map(({ name }) => name).join(', ') }, ...parts) as FlatSettings;
  }
  if (!isSettings(value)) return { [key]: typeof value === 'string' ? value : JSON.stringify(value) };
  const members = Object.entries(value).map(([name, member]) => flattenSettings(member, below(name)));
  return Object.assign({}, ...members) as FlatSettings;
}

function isUntrained(settings: unknown): boolean {
  return isSettings(settings) && isSettings(settings['training']) && settings['training']['steps'] === 0;
}

/** Of each arm's settings those that are not alike in all arms; how an arm would be trained is no setting of one that is not. */
export function differingSettings(arms: readonly unknown[]): FlatSettings[] {
  const flat = arms.map((settings) =>
    Object.fromEntries(
      Object.entries(flattenSettings(settings)).filter(
        ([key]) => !DESCRIPTIONS.has(key) && !(isUntrained(settings) && OF_TRAINING.test(key)),
      ),
    ),
  );
  const hasNone = (key: string, i: number): boolean =>
    flat[i]![key] === undefined && isUntrained(arms[i]) && OF_TRAINING.test(key);
  const keys = [...new Set(flat.flatMap((settings) => Object.keys(settings)))].sort();
  const differing = keys.filter((key) => {
    const values = flat.flatMap((settings, i) => (hasNone(key, i) ? [] : [settings[key]]));
    return new Set(values).size > 1;
  });
  return flat.map((settings) =>
    Object.fromEntries(differing.flatMap((key) => (key in settings ? [[key, settings[key]!]] : []))),
  );
}
