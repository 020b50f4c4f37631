import type { z } from 'zod';
import { arithmetic } from './arithmetic.ts';
import { countdown } from './countdown.ts';
import { jsonl } from './jsonl.ts';
import { knowledge } from './knowledge.ts';
import { bindTask, type Task } from './task.ts';
import type { TaskFamily } from './task-family.ts';

interface Entry {
  readonly optionsSchema: z.ZodType;
  readonly open: (options: unknown) => Task;
}

function entry<Options extends object>(family: TaskFamily<Options>): [string, Entry] {
  return [family.name, { optionsSchema: family.optionsSchema, open: (options) => bindTask(family, options) }];
}

const families: ReadonlyMap<string, Entry> = new Map([
  entry(arithmetic),
  entry(countdown),
  entry(jsonl),
  entry(knowledge),
]);

export const taskNames: readonly string[] = [...families.keys()];

/** A task name without a family: name one of those listed. */
export class UnknownTaskError extends Error {
  constructor(name: string) {
    super(`there is no task '${name}'; tasks are ${taskNames.join(', ')}.`);
    this.name = 'UnknownTaskError';
  }
}

function familyOf(name: string): Entry {
  const family = families.get(name);
  if (family === undefined) throw new UnknownTaskError(name);
  return family;
}

/**
 * The task `name` with its options settled.
 *
 * @throws UnknownTaskError, z.ZodError
 */
export function openTask(name: string, options: unknown = {}): Task {
  return familyOf(name).open(options);
}

/**
 * The schema of a task's options.
 *
 * @throws UnknownTaskError
 */
export function taskOptionsSchema(name: string): z.ZodType {
  return familyOf(name).optionsSchema;
}
