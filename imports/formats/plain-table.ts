import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import type { ImportFormat } from '../import-format.ts';
import { readChunks, type SourceFile } from '../source-file.ts';
import type { SourceSample } from '../source-sample.ts';
import { UnreadableSourceError } from '../unreadable-source-error.ts';
import { createPlainReader, type PlainReader } from './plain-record.ts';

const DELIMITERS = [',', ';', '\t'] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** A longer row is no sample: most likely a quotation mark that is never closed. */
const MOST_OF_ROW = 64 * 1024 * 1024;
const LONGEST_NAME = 200;

/** A row with the line that it ends in. */
interface TableRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

function readHeaderLine(head: string): string {
  return /^\s*([^\r\n]*)/.exec(head)![1]!;
}

/** The delimiter that parts the most names; null: none does. */
function findDelimiter(head: string): Delimiter | null {
  const line = readHeaderLine(head).replaceAll(/"(?:[^"]|"")*"/g, 'quoted');
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length);
  const most = Math.max(...counts);
  return most < 2 ? null : DELIMITERS[counts.indexOf(most)]!;
}

function isHeader(head: string): boolean {
  const line = readHeaderLine(head);
  const delimiter = findDelimiter(head);
  if (delimiter === null || /^[{[<]/.test(line)) return false;
  const names = line.split(delimiter);
  return names.every((name) => name.trim() !== '' && name.length <= LONGEST_NAME) || line.includes('"');
}

async function* readRows(file: SourceFile, delimiter: Delimiter): AsyncGenerator<TableRow> {
  const parser = parse({
    delimiter,
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: MOST_OF_ROW,
  });
  const text = Readable.from(readChunks(file));
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  try {
    for await (const row of parser) yield row as TableRow;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as { readonly lines?: number }).lines ?? null;
    throw new UnreadableSourceError(file.path, line, `no whole row: ${error.message}`);
  } finally {
    text.destroy();
    parser.destroy();
  }
}

async function readNames(file: SourceFile, delimiter: Delimiter): Promise<string[]> {
  for await (const { record } of readRows(file, delimiter)) {
    const names = record.map((name) => name.trim());
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice === undefined) return names;
    throw new UnreadableSourceError(
      file.path,
      1,
      `the column ${JSON.stringify(twice)} stands twice; each needs a name of its own`,
    );
  }
  throw new UnreadableSourceError(file.path, null, 'there is no header line');
}

async function* readSamples(
  file: SourceFile,
  { names, delimiter }: { readonly names: readonly string[]; readonly delimiter: Delimiter },
  reader: PlainReader,
): AsyncGenerator<SourceSample> {
  let isHeaderLine = true;
  for await (const { record, info } of readRows(file, delimiter)) {
    if (isHeaderLine) {
      isHeaderLine = false;
      continue;
    }
    const named: Record<string, string> = {};
    for (let i = 0; i < names.length; i += 1) named[names[i]!] = record[i]!;
    yield reader.toSample(named, info.lines);
  }
}

/** A table of text with a header line and a sample in each row. */
export const plainTable: ImportFormat = {
  name: 'plain CSV',
  description: 'a table with a header line, parted by , or ; or tabs, with the columns of plain JSONL',
  recognizes: ({ container, head }) => container === 'text' && isHeader(head),
  async open(file, options) {
    const delimiter = findDelimiter(file.head) ?? ',';
    const names = await readNames(file, delimiter);
    const reader = createPlainReader(file.path, names, options);
    return { header: reader.header, samples: readSamples(file, { names, delimiter }, reader) };
  },
};
