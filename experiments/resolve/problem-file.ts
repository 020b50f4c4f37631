import { dirname, resolve } from 'node:path';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { isSettings, type Settings } from '../../config/merge.ts';
import { parseProblemRows } from '../../tasks/problem-rows.ts';
import { readSmallFile } from './read-small-file.ts';

/** The rows become part of the condition and of its fingerprint, so a file is a data set, not a warehouse. */
const MAX_FILE_BYTES = 5_000_000;

async function readProblemFile(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readSmallFile(path, MAX_FILE_BYTES);
  } catch (error) {
    throw new InvalidSpecError(`task.file: ${path} cannot be read: ${(error as Error).message}`);
  }
  try {
    return parseProblemRows(text, path);
  } catch (error) {
    throw new InvalidSpecError(`task.file: ${(error as Error).message}`);
  }
}

async function inlineTask(task: unknown, declaredIn: string): Promise<unknown> {
  if (!isSettings(task) || typeof task['file'] !== 'string') return task;
  const { file, ...options } = task;
  return { ...options, rows: await readProblemFile(resolve(dirname(declaredIn), file as string)) };
}

async function inlineConditions(conditions: unknown, declaredIn: string): Promise<unknown> {
  if (!isSettings(conditions)) return conditions;
  const entries = await Promise.all(
    Object.entries(conditions).map(async ([name, overrides]) => {
      if (!isSettings(overrides) || overrides['task'] === undefined) return [name, overrides] as const;
      return [name, { ...overrides, task: await inlineTask(overrides['task'], declaredIn) }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

/**
 * Replaces `task: {family: jsonl, file: …}` by the file's rows, which are then fingerprinted by content. Paths are relative
 * to the declaring file.
 *
 * @throws {InvalidSpecError} naming the file, and the line of a bad row
 */
export async function inlineProblemFiles(declared: Settings, declaredIn: string): Promise<Settings> {
  return {
    ...declared,
    task: await inlineTask(declared['task'], declaredIn),
    ...(declared['conditions'] === undefined
      ? {}
      : { conditions: await inlineConditions(declared['conditions'], declaredIn) }),
  };
}
