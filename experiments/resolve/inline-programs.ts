import { basename, dirname, resolve } from 'node:path';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { isSettings, type Settings } from '../../config/merge.ts';
import { readSmallFile } from './read-small-file.ts';

/** The files of a program travel with every run's plan. */
const MAX_FILE_BYTES = 200_000;

/** An argument that names a file beside the declaration. */
const PATH = /^\.\.?\//;

async function readFiles(paths: readonly string[], declaredIn: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const path of new Set(paths)) {
    const name = basename(path);
    if (Object.hasOwn(files, name))
      throw new InvalidSpecError(
        `external: two files are called ${name}; a program's files share one folder`,
      );
    try {
      files[name] = await readSmallFile(resolve(dirname(declaredIn), path), MAX_FILE_BYTES);
    } catch (error) {
      throw new InvalidSpecError(
        `external: ${path}, relative to ${declaredIn}, cannot be read: ${(error as Error).message}`,
      );
    }
  }
  return files;
}

/** The options of an external reward with the texts of its files; those that have them already stay as they are. */
async function inlineOptions(options: Settings, declaredIn: string): Promise<Settings> {
  const { command = [], files = [] } = options as { command?: unknown; files?: unknown };
  if (!Array.isArray(command) || !Array.isArray(files)) return options;
  const isText = (each: unknown): each is string => typeof each === 'string';
  const named = command.filter((each) => isText(each) && PATH.test(each)) as string[];
  return {
    ...options,
    command: command.map((each: unknown) => (isText(each) && PATH.test(each) ? basename(each) : each)),
    files: await readFiles([...named, ...files.filter(isText)], declaredIn),
  };
}

async function inlineValue(value: unknown, declaredIn: string): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((each) => inlineValue(each, declaredIn)));
  if (!isSettings(value)) return value;
  const { name, options } = value;
  if (name === 'external' && isSettings(options))
    return { ...value, options: await inlineOptions(options, declaredIn) };
  const entries = await Promise.all(
    Object.entries(value).map(async ([key, each]) => [key, await inlineValue(each, declaredIn)] as const),
  );
  return Object.fromEntries(entries);
}

/** Keys under which a declaration may name rewards. */
const PLACES = ['scheme', 'conditions', 'axes', 'scales'] as const;

/**
 * Replaces the paths of the programs that external rewards name by the programs' texts: the fingerprint covers them, and no host needs the files.
 *
 * @throws {InvalidSpecError} naming the file that cannot be read
 */
export async function inlinePrograms(declared: Settings, declaredIn: string): Promise<Settings> {
  const inlined = await Promise.all(
    PLACES.filter((place) => declared[place] !== undefined).map(
      async (place) => [place, await inlineValue(declared[place], declaredIn)] as const,
    ),
  );
  return { ...declared, ...Object.fromEntries(inlined) };
}
