import { parsePythonJson } from './parse-python-json.ts';
import { readLines, type SourceFile, type SourceLine } from './source-file.ts';
import { UnreadableSourceError } from './unreadable-source-error.ts';

/** An object of a line. */
export type JsonRow = Readonly<Record<string, unknown>>;

export interface NumberedRow {
  /** Of its line, from 1. */
  readonly number: number;
  readonly row: JsonRow;
}

export function isJsonRow(value: unknown): value is JsonRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function quoteStart(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** @returns undefined when the text is no JSON */
function tryParse(text: string): unknown {
  try {
    return parsePythonJson(text);
  } catch {
    return undefined;
  }
}

function refuseBroken(path: string, { number, text }: SourceLine, isLast: boolean): never {
  const found =
    isLast && text.startsWith('{')
      ? 'the last line breaks off: the file was probably cut; get a whole copy, or write it anew'
      : `found ${quoteStart(text)}, expected one JSON object a line`;
  throw new UnreadableSourceError(path, number, found);
}

/**
 * The objects of a text that has one in each line; constants that only Python knows, such as `NaN`, are null.
 *
 * @throws UnreadableSourceError when a line is no JSON object; where it is the last, that the file was probably cut
 */
export async function* readJsonLines(file: Pick<SourceFile, 'path'>): AsyncGenerator<NumberedRow> {
  let broken: SourceLine | null = null;
  for await (const line of readLines(file)) {
    if (broken !== null) refuseBroken(file.path, broken, false);
    const row = tryParse(line.text);
    if (isJsonRow(row)) yield { number: line.number, row };
    else broken = line;
  }
  if (broken !== null) refuseBroken(file.path, broken, true);
}

/** The first rows of a file: enough to tell what it holds. @throws UnreadableSourceError as `readJsonLines` */
export async function readFirstRows(file: Pick<SourceFile, 'path'>, most: number): Promise<JsonRow[]> {
  const rows: JsonRow[] = [];
  for await (const { row } of readJsonLines(file)) {
    rows.push(row);
    if (rows.length === most) break;
  }
  return rows;
}

/** The object of the first line, where the start of a text holds all of it; null: it does not, or there is none. */
export function peekRow(head: string): JsonRow | null {
  const [first] = head.trimStart().split('\n', 1);
  const row = tryParse(first!);
  return isJsonRow(row) ? row : null;
}
