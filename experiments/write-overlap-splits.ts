import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { InvalidSpecError } from '../config/invalid-spec-error.ts';
import { parseJsonLine } from '../tasks/json-lines.ts';
import { isBlank, readLines, type OverlapRow } from './overlap.ts';

/** Which lines of a file are to be told apart, and where they go. */
export interface SplitRequest {
  readonly problems: string;
  readonly rows: readonly OverlapRow[];
  /** Smallest share of a question's n-grams in the corpus, 0 to 1, that makes it contaminated; one n-gram at least. */
  readonly least: number;
  /** A file that is not there yet. */
  readonly path: string;
}

/** How many questions are in each split. */
export interface SplitCounts {
  readonly contaminated: number;
  readonly clean: number;
}

/** Whether a corpus holds enough of a question; one without an n-gram shares nothing. */
function isContaminated({ found, share }: OverlapRow, least: number): boolean {
  return found > 0 && share !== null && share >= least;
}

/** @throws InvalidSpecError when there is something at the path already */
export function assertUnwritten(path: string): void {
  if (existsSync(path))
    throw new InvalidSpecError(`--write ${path} is there already; name another file, or remove it first`);
}

async function writeUnwritten(path: string, text: string): Promise<void> {
  assertUnwritten(path);
  try {
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw new InvalidSpecError(`--write ${path} cannot be written: ${(error as Error).message}`);
  }
}

/**
 * Writes the lines of a file of questions, in their order, with `split`: `contaminated` or `clean`. A member of that name is
 * replaced.
 *
 * @throws InvalidSpecError when the file to be written is there already, or cannot be made
 */
export async function writeOverlapSplits({
  problems,
  rows,
  least,
  path,
}: SplitRequest): Promise<SplitCounts> {
  const contaminated = new Set(rows.filter((row) => isContaminated(row, least)).map(({ line }) => line));
  const written: string[] = [];
  for await (const at of readLines(problems)) {
    if (isBlank(at.text)) continue;
    const split = contaminated.has(at.line) ? 'contaminated' : 'clean';
    written.push(`${JSON.stringify({ ...(parseJsonLine(at) as object), split })}\n`);
  }
  await writeUnwritten(path, written.join(''));
  return { contaminated: contaminated.size, clean: written.length - contaminated.size };
}
