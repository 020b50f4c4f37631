import { InvalidSpecError } from './invalid-spec-error.ts';

/** A JSON-like tree of settings before validation. */
export type Settings = Record<string, unknown>;

export function isSettings(value: unknown): value is Settings {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `overrides` laid over `defaults`, member by member; arrays and scalars replace. Neither argument is changed. */
export function mergeSettings(defaults: Settings, overrides: Settings): Settings {
  const merged: Settings = { ...defaults };
  for (const [key, value] of Object.entries(overrides)) {
    const existing = merged[key];
    merged[key] = isSettings(existing) && isSettings(value) ? mergeSettings(existing, value) : value;
  }
  return merged;
}

/**
 * Sets one dotted path, as `--set training.optimizer.learningRate=3e-5` does. The value is read as JSON, else as text.
 *
 * @throws {InvalidSpecError} when the assignment has no `=` or no key
 */
export function applyAssignment(settings: Settings, assignment: string): Settings {
  const equals = assignment.indexOf('=');
  if (equals < 1)
    throw new InvalidSpecError(`--set takes key=value, for example training.steps=10; found "${assignment}"`);
  const path = assignment.slice(0, equals).split('.');
  const text = assignment.slice(equals + 1);
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: a bare word such as a scheme's name.
  }
  const nested = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  return mergeSettings(settings, nested as Settings);
}
