import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { parseCsvRecords } from './csv-records.ts';
import { parseJsonLine } from './json-lines.ts';
import { ProblemFileError } from './problem-file-error.ts';

const NOT_EMPTY = 'is empty, expected text';

export const problemRowSchema = z.looseObject({
  question: z.string().min(1, NOT_EMPTY).describe('The prompt.'),
  answer: z
    .string()
    .min(1, NOT_EMPTY)
    .nullable()
    .describe('The reference answer; null: nothing can be verified.'),
  solution: z.string().nullish().describe('A worked solution without the answer, for format `solution`.'),
  metadata: z.record(z.string(), z.json()).default({}).describe('Anything else, kept with the problem.'),
});

export type ProblemRow = z.infer<typeof problemRowSchema>;

const fieldName = (of: string) => z.string().min(1).default(of).describe(`Field or column of the ${of}.`);

/** Which fields of a file's rows hold what. A solution is read where the file has one. */
export const problemFieldsSchema = z.strictObject({
  question: fieldName('question'),
  answer: fieldName('answer'),
  solution: fieldName('solution'),
});
export type ProblemFields = z.infer<typeof problemFieldsSchema>;

/** What a line of a file holds, before it is known to be a problem. */
interface FoundRecord {
  readonly line: number;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Long enough to recognise, too short to give a private file away that was named by mistake. */
const SHOWN_CHARACTERS = 24;
const SHOWN_FIELDS = 8;

function listFields(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN_FIELDS).map((name) => name.slice(0, SHOWN_CHARACTERS));
  return `${shown.join(', ')}${names.length > SHOWN_FIELDS ? ', …' : ''}`;
}

/** @returns what is wrong with the fields; null: nothing */
function findFieldFault({ question, answer }: ProblemFields, value: FoundRecord['value']): string | null {
  const known = Object.keys(value);
  const missing = [question, answer].find((name) => !known.includes(name));
  if (missing === undefined) return null;
  if (known.length === 0) return `no field "${missing}", nor any other`;
  const nearest = closest(missing, known).slice(0, SHOWN_CHARACTERS);
  return `no field "${missing}"; the nearest is "${nearest}" of ${listFields(known)} (\`fields: { question, answer, solution }\` beside \`file\` says which is which)`;
}

/** The record under the names that the task knows; a field that is named so and means something else makes way. */
function renameFields(fields: ProblemFields, value: FoundRecord['value']): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([, name]) => Object.hasOwn(value, name));
  const read = new Set(Object.values(fields));
  const rest = Object.entries(value).filter(([name]) => !read.has(name) && !Object.hasOwn(fields, name));
  return {
    ...Object.fromEntries(rest),
    ...Object.fromEntries(entries.map(([to, from]) => [to, value[from]])),
  };
}

function parseRow(fields: ProblemFields, { line, value }: FoundRecord, source: string): ProblemRow {
  const fault = findFieldFault(fields, value);
  if (fault !== null) throw new ProblemFileError(source, line, fault);
  const parsed = problemRowSchema.safeParse(renameFields(fields, value));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const [field, ...rest] = issue!.path.map(String);
  const place = [fields[field as keyof ProblemFields] ?? field, ...rest].join('.');
  throw new ProblemFileError(source, line, `${place}: ${issue!.message}`);
}

function readJsonRecords(text: string, source: string): FoundRecord[] {
  return text.split('\n').flatMap((content, at) => {
    if (content.trim() === '') return [];
    const line = at + 1;
    const value = parseJsonLine({ source, line, text: content });
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return [{ line, value: value as FoundRecord['value'] }];
    throw new ProblemFileError(
      source,
      line,
      'no JSON object, expected {"question": text, "answer": text or null}',
    );
  });
}

/** Only the columns of the problem: the others of a table would make its condition another one. */
function readCsvRecords(text: string, source: string, fields: ProblemFields): FoundRecord[] {
  const delimiter = /\.tsv$/i.test(source) ? '\t' : ',';
  return parseCsvRecords(text, source, delimiter).map(({ line, cells }) => {
    const value = Object.entries(cells).filter(([name]) => Object.values(fields).includes(name));
    // A row that lacks a column is told of all there are.
    return { line, value: findFieldFault(fields, cells) === null ? Object.fromEntries(value) : cells };
  });
}

const isTable = (source: string): boolean => /\.(csv|tsv)$/i.test(source);

/** Problems as a file holds them. */
export interface ProblemFile {
  readonly rows: readonly ProblemRow[];
  /** The line on which each row begins, from 1. */
  readonly lines: readonly number[];
}

/**
 * Reads problems from a table (`.csv`, `.tsv`) or, under any other name, from JSON Lines. Blank lines are skipped; further fields of JSON
 * Lines are kept but unused, further columns of a table left out.
 *
 * @param source the file's name, by which errors call it
 * @throws ProblemFileError, JsonLinesError with the line's number, also for a question that occurs twice
 */
export function parseProblemFile(
  text: string,
  source: string,
  fields: ProblemFields = problemFieldsSchema.parse({}),
): ProblemFile {
  // Spreadsheets and Windows editors begin a file with a byte-order mark.
  const whole = text.replace(/^\uFEFF/, '');
  const records = isTable(source) ? readCsvRecords(whole, source, fields) : readJsonRecords(whole, source);
  const lineOfQuestion = new Map<string, number>();
  const rows = records.map((record) => {
    const row = parseRow(fields, record, source);
    const earlier = lineOfQuestion.get(row.question);
    if (earlier !== undefined)
      throw new ProblemFileError(source, record.line, `the question is the same as in line ${earlier}`);
    lineOfQuestion.set(row.question, record.line);
    return row;
  });
  if (rows.length === 0) throw new ProblemFileError(source, 1, 'no problem');
  return { rows, lines: records.map(({ line }) => line) };
}
