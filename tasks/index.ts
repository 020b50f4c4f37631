import { arithmetic } from './arithmetic.ts';
import { countdown } from './countdown.ts';
import { jsonl } from './jsonl.ts';
import { knowledge } from './knowledge.ts';
import { bindTask, type Task } from './task.ts';

/** Every task family by name, waiting for its options. */
const openers: ReadonlyMap<string, (options: unknown) => Task> = new Map([
  [arithmetic.name, (options: unknown) => bindTask(arithmetic, options)],
  [countdown.name, (options: unknown) => bindTask(countdown, options)],
  [jsonl.name, (options: unknown) => bindTask(jsonl, options)],
  [knowledge.name, (options: unknown) => bindTask(knowledge, options)],
]);

export const taskNames: readonly string[] = [...openers.keys()];

/** A task name without a family: name one of those listed. */
export class UnknownTaskError extends Error {
  constructor(name: string) {
    super(`there is no task '${name}'; tasks are ${taskNames.join(', ')}.`);
    this.name = 'UnknownTaskError';
  }
}

/**
 * The task `name` with its options settled.
 *
 * @throws UnknownTaskError, z.ZodError
 */
export function openTask(name: string, options: unknown = {}): Task {
  const open = openers.get(name);
  if (open === undefined) throw new UnknownTaskError(name);
  return open(options);
}
