import type { z } from 'zod';
import { describeIssue, type IssueSource } from './describe-issue.ts';

/** The declaration is wrong; the message lists each place, what was found, what was expected. Fix the file. */
export class InvalidSpecError extends Error {
  override readonly name = 'InvalidSpecError';
}

/** Told by its name: commands that read no declaration load this file, and not the schema library. */
function isOfSchema(error: unknown): error is z.ZodError {
  return error instanceof Error && error.name === 'ZodError';
}

/**
 * What a refusal says, one line per fault with its place.
 *
 * @param error of `from.schema`, whose faults are told apart, or any other
 */
export function describeFaults(error: unknown, from: IssueSource): string[] {
  if (isOfSchema(error)) return error.issues.flatMap((issue) => describeIssue(issue, from));
  return [`${from.place}: ${error instanceof Error ? error.message : String(error)}`];
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
  throw new InvalidSpecError(describeFaults(result.error, { schema, input, place }).join('\n'));
}
