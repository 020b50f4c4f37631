import { basename, dirname, resolve } from 'node:path';
import { InvalidSpecError, parseSpec } from '../../config/invalid-spec-error.ts';
import { isSettings, type Settings } from '../../config/merge.ts';
import { parseProblemFile, problemFieldsSchema, type ProblemFile } from '../../tasks/problem-rows.ts';
import { readSmallFile } from './read-small-file.ts';

/** The rows become part of the condition and of its fingerprint, so a file is a data set, not a warehouse. */
const MAX_FILE_BYTES = 5_000_000;

/** Where rows were read, by the list of them: for messages alone, so it is no part of a declaration. */
const origins = new WeakMap<object, { readonly file: string; readonly lines: readonly number[] }>();

/** Where a row of a declared list stands, as a message says it. */
export function placeOfRow(rows: unknown, index: number): string {
  const origin = isSettings(rows) || Array.isArray(rows) ? origins.get(rows) : undefined;
  return origin === undefined ? `row ${index + 1}` : `${origin.file}, line ${origin.lines[index]}`;
}

async function readText(path: string): Promise<string> {
  try {
    return await readSmallFile(path, MAX_FILE_BYTES);
  } catch (error) {
    throw new InvalidSpecError(`task.file: ${path} cannot be read: ${(error as Error).message}`);
  }
}

async function readProblemFile(path: string, fields: unknown): Promise<ProblemFile['rows']> {
  const named = parseSpec(problemFieldsSchema, fields ?? {}, 'task.fields');
  const text = await readText(path);
  try {
    const { rows, lines } = parseProblemFile(text, path, named);
    origins.set(rows, { file: basename(path), lines });
    return rows;
  } catch (error) {
    throw new InvalidSpecError(`task.file: ${(error as Error).message}`);
  }
}

async function inlineTask(task: unknown, declaredIn: string): Promise<unknown> {
  if (!isSettings(task) || typeof task['file'] !== 'string') return task;
  const { file: _, fields, ...options } = task;
  return { ...options, rows: await readProblemFile(resolve(dirname(declaredIn), task['file']), fields) };
}

/** Conditions, or labels of an axis, with the files of their tasks. */
async function inlineVariants(variants: unknown, declaredIn: string): Promise<unknown> {
  if (!isSettings(variants)) return variants;
  const entries = await Promise.all(
    Object.entries(variants).map(async ([name, overrides]) => {
      if (!isSettings(overrides) || overrides['task'] === undefined) return [name, overrides] as const;
      return [name, { ...overrides, task: await inlineTask(overrides['task'], declaredIn) }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

async function inlineAxes(axes: unknown, declaredIn: string): Promise<unknown> {
  if (!isSettings(axes)) return axes;
  const entries = await Promise.all(
    Object.entries(axes).map(
      async ([name, labels]) => [name, await inlineVariants(labels, declaredIn)] as const,
    ),
  );
  return Object.fromEntries(entries);
}

/**
 * Replaces `task: {family: jsonl, file: …, fields: …}` by the file's rows, which are then fingerprinted by content. Paths are
 * relative to the declaring file.
 *
 * @throws {InvalidSpecError} naming the file, and the line of a bad row
 */
export async function inlineProblemFiles(declared: Settings, declaredIn: string): Promise<Settings> {
  const { task, conditions, axes } = declared;
  return {
    ...declared,
    task: await inlineTask(task, declaredIn),
    ...(conditions === undefined ? {} : { conditions: await inlineVariants(conditions, declaredIn) }),
    ...(axes === undefined ? {} : { axes: await inlineAxes(axes, declaredIn) }),
  };
}
