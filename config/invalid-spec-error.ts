import { closest } from 'fastest-levenshtein';
import type { z } from 'zod';

/** The declaration is wrong; the message lists each place, what was found, what was expected. Fix the file. */
export class InvalidSpecError extends Error {
  override readonly name = 'InvalidSpecError';
}

interface ObjectSchema {
  readonly shape?: Record<string, unknown>;
}

/** The object schema at `path` inside `schema`, seen through defaults, optionals and unions; undefined if there is none. */
function schemaAt(schema: unknown, path: readonly PropertyKey[]): ObjectSchema | undefined {
  let current: unknown = schema;
  for (const key of path) current = unwrap(current)?.shape?.[String(key)];
  return unwrap(current);
}

function unwrap(schema: unknown): ObjectSchema | undefined {
  let current = schema as { shape?: Record<string, unknown>; def?: { innerType?: unknown } } | undefined;
  while (current !== undefined && current.shape === undefined && current.def?.innerType !== undefined) {
    current = current.def.innerType as typeof current;
  }
  return current;
}

function describeIssue(issue: z.core.$ZodIssue, schema: z.ZodType, place: string): string[] {
  const path = [place, ...issue.path.map(String)].filter((part) => part !== '').join('.');
  if (issue.code !== 'unrecognized_keys') return [`${path}: ${issue.message}`];
  const known = Object.keys(schemaAt(schema, issue.path)?.shape ?? {});
  return issue.keys.map((key) => {
    const nearest = known.length > 0 ? `; the nearest valid key is "${closest(key, known)}"` : '';
    return `${path === '' ? '' : `${path}.`}${key}: unknown key "${key}"${nearest}`;
  });
}

/** Told by its name: commands that read no declaration load this file, and not the schema library. */
function isOfSchema(error: unknown): error is z.ZodError {
  return error instanceof Error && error.name === 'ZodError';
}

/**
 * What a refusal says, one line per fault with its place.
 *
 * @param error of a schema, whose faults are told apart, or any other
 * @param schema that refused, so that the nearest valid key can be named
 */
export function describeFaults(error: unknown, schema: z.ZodType, place: string): string[] {
  if (isOfSchema(error)) return error.issues.flatMap((issue) => describeIssue(issue, schema, place));
  return [`${place}: ${error instanceof Error ? error.message : String(error)}`];
}

/**
 * Parses `input` with `schema`, or throws one error that lists every fault with its place.
 *
 * @param place prefix of the places named, e.g. `conditions.grpo.training`
 * @throws {InvalidSpecError}
 */
export function parseSpec<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  place: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new InvalidSpecError(describeFaults(result.error, schema, place).join('\n'));
}
