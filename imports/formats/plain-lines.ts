import type { ImportFormat } from '../import-format.ts';
import { readLines, type SourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { createPlainReader, type PlainReader, type PlainRecord } from './plain-record.ts';

function parseRecord(path: string, line: number, text: string): PlainRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const hint = /\bNaN\b|\bInfinity\b/.test(text) ? '; NaN and Infinity are no JSON, write null' : '';
    const expected = `every line must be one JSON object${hint}`;
    throw new UnreadableSourceError(path, line, `not JSON (${(error as Error).message}); ${expected}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as PlainRecord;
  throw new UnreadableSourceError(
    path,
    line,
    `found ${JSON.stringify(value).slice(0, 80)}, expected a JSON object`,
  );
}

/** The columns of the lines that the head holds whole, and of the first one in any case. */
async function findColumns(file: SourceFile): Promise<string[]> {
  const found = new Set<string>();
  let length = 0;
  for await (const { number, text } of readLines(file)) {
    length += text.length + 1;
    if (found.size > 0 && length > file.head.length) break;
    for (const name of Object.keys(parseRecord(file.path, number, text))) found.add(name);
  }
  return [...found];
}

async function* readSamples(file: SourceFile, reader: PlainReader): AsyncGenerator<SourceSample> {
  for await (const { number, text } of readLines(file))
    yield reader.toSample(parseRecord(file.path, number, text), number);
}

/** JSON Lines with a sample in each, whoever wrote it. */
export const plainLines: ImportFormat = {
  name: 'plain JSONL',
  description: 'a JSON object in each line with problem or prompt, and correct or score',
  // A document that was printed over several lines has a name after its first brace in another line.
  recognizes: ({ container, head }) => container === 'text' && /^\s*\{[ \t]*"/.test(head),
  async open(file, options) {
    const reader = createPlainReader(file.path, await findColumns(file), options);
    return { header: reader.header, samples: readSamples(file, reader) };
  },
};
