import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { LoadOptions } from '../../reports/imports/load-arms.ts';
import type { CompareOptions } from './compare-options.ts';

/** Of a problem's key the hash of its prompt; what follows tells problems of one prompt apart. */
const DIGEST_LENGTH = 64;

/** Members of a line that may name a problem. */
const NAMES = ['problem', 'id', 'prompt', 'question'] as const;

/** What a line names problems by: the text itself, or those members of an object that do, unless it is of another split. */
function namesOfLine(line: string, split: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return [line];
  }
  if (typeof value !== 'object' || value === null) return [String(value)];
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members['split'] === 'string' && members['split'] !== split) return [];
  return NAMES.flatMap((name) => {
    const member = members[name];
    return typeof member === 'string' || typeof member === 'number' ? [String(member)] : [];
  });
}

async function readNames(path: string, split: string): Promise<Set<string>> {
  const option = `--${split}`;
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InvalidSpecError(`${option} ${path} cannot be read: ${(error as Error).message}`);
  }
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .flatMap((line) => namesOfLine(line, split));
  if (names.length === 0)
    throw new InvalidSpecError(
      `${option} ${path} names no problem; expected one a line: an id, a prompt, or an object with ${NAMES.join(', ')}, and ` +
        `with split "${split}" where it has one`,
    );
  return new Set(names);
}

/**
 * Which split the files of `--clean` and `--contaminated` put a problem in, by its id or its prompt; a line with a `split`, as
 * `assay overlap --write` adds it, counts for that split alone. With one of the files all other problems are of the other split;
 * with both, those in neither keep their own.
 */
export async function readSplitFiles({
  clean,
  contaminated,
}: CompareOptions): Promise<LoadOptions['splitOf']> {
  if (clean === undefined && contaminated === undefined) return null;
  const listed = [
    { split: 'clean', other: 'contaminated', path: clean },
    { split: 'contaminated', other: 'clean', path: contaminated },
  ].flatMap(({ path, ...rest }) => (path === undefined ? [] : [{ ...rest, path }]));
  const files: { split: string; other: string; names: Set<string>; digests: Set<string> }[] = [];
  for (const { split, other, path } of listed) {
    const names = await readNames(path, split);
    const digests = [...names].map((name) => createHash('sha256').update(name).digest('hex'));
    files.push({ split, other, names, digests: new Set(digests) });
  }
  return ({ sourceId, key }) => {
    const found = files.find(
      ({ names, digests }) => names.has(sourceId) || digests.has(key.slice(0, DIGEST_LENGTH)),
    );
    if (found !== undefined) return found.split;
    return files.length === 1 ? files[0]!.other : null;
  };
}
