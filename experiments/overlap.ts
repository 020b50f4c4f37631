import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import {
  createOverlapScan,
  type GramOptions,
  type QuestionOverlap,
} from '../stats/measures/ngram-overlap.ts';
import { listTexts, parseJsonLine, readTextField, type SourceLine } from '../tasks/json-lines.ts';

/** What counts as an n-gram, and which fields of the two files are compared. */
export interface OverlapOptions extends GramOptions {
  /** Field of a problem line that holds the question. */
  readonly field: string;
  /** Only this field of a corpus line; every text in it when left out. */
  readonly corpusField?: string;
}

interface Question {
  readonly line: number;
  readonly text: string;
}

/** A file named on the command line that cannot be read: name another one. */
export class UnreadableFileError extends Error {
  override readonly name = 'UnreadableFileError';
}

async function assertFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: Error) => {
    throw new UnreadableFileError(`${path} cannot be read: ${error.message}`);
  });
  if (!found.isFile()) throw new UnreadableFileError(`${path} is no file; expected JSON Lines or plain text`);
}

/** @throws {UnreadableFileError} when it is no file that can be read */
export async function* readLines(path: string): AsyncGenerator<SourceLine> {
  await assertFile(path);
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    // A byte order mark, with which editors on Windows begin files.
    yield { source: path, line, text: line === 1 ? text.replace(/^\ufeff/, '') : text };
  }
}

export const isBlank = (text: string): boolean => text.trim() === '';

async function readQuestions(path: string, field: string): Promise<Question[]> {
  const questions: Question[] = [];
  for await (const at of readLines(path)) {
    if (!isBlank(at.text)) questions.push({ line: at.line, text: readTextField(at, field) });
  }
  if (questions.length === 0) throw new UnreadableFileError(`${path} holds no question`);
  return questions;
}

/** The texts of a corpus line, each a document of its own; null: a line of running text. */
function documentsOf(at: SourceLine, field: string | undefined): string[] | null {
  if (!/\.(jsonl|ndjson)$/i.test(at.source)) return null;
  if (isBlank(at.text)) return [];
  return field === undefined ? listTexts(parseJsonLine(at)) : [readTextField(at, field)];
}

type CorpusScan = { readonly lines: number; readonly overlaps: QuestionOverlap[] };

async function scanCorpus(
  path: string,
  questions: readonly Question[],
  options: OverlapOptions,
): Promise<CorpusScan> {
  const scan = createOverlapScan(
    questions.map(({ text }) => text),
    options,
  );
  let lines = 0;
  for await (const at of readLines(path)) {
    lines = at.line;
    const documents = documentsOf(at, options.corpusField);
    if (documents === null && !isBlank(at.text)) scan.read(at.text, at.line);
    else scan.endDocument();
    for (const document of documents ?? []) {
      scan.read(document, at.line);
      scan.endDocument();
    }
  }
  return { lines, overlaps: scan.results() };
}

const EXCERPT = 100;

/** A corpus text cut to a line around the match's last words. */
function excerpt(text: string, match: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(match.toLowerCase()));
  const from = Math.max(0, Math.min(at - 20, text.length - EXCERPT));
  const cut = text.slice(from, from + EXCERPT);
  return `${from > 0 ? '…' : ''}${cut}${from + EXCERPT < text.length ? '…' : ''}`;
}

/** Part of a question that the corpus holds, and where. */
export interface LocatedMatch {
  readonly text: string;
  readonly corpusLine: number;
  readonly corpusExcerpt: string;
}

/** How much of one question the corpus holds. */
export interface OverlapRow {
  readonly line: number;
  readonly question: string;
  /** Distinct n-grams. */
  readonly grams: number;
  /** Those found in the corpus. */
  readonly found: number;
  /** Null for a question without n-grams. */
  readonly share: number | null;
  /** Shorter than one n-gram, hence compared whole. */
  readonly isShort: boolean;
  readonly matches: readonly LocatedMatch[];
}

function toRow({ line, text }: Question, overlap: QuestionOverlap): OverlapRow {
  const { grams, found, isShort, matches } = overlap;
  return {
    line,
    question: text,
    grams,
    found,
    share: grams === 0 ? null : found / grams,
    isShort,
    matches: matches.map((match) => ({
      text: match.text,
      corpusLine: match.found.place,
      corpusExcerpt: excerpt(match.found.text, match.text),
    })),
  };
}

/** What two files share. */
export interface FileOverlap {
  readonly corpusLines: number;
  /** Most overlapping first, then by line. */
  readonly questions: readonly OverlapRow[];
}

/**
 * Which questions of a JSON Lines file occur in a corpus of JSON Lines (`.jsonl`, `.ndjson`) or plain text.
 *
 * @throws {UnreadableFileError} for a file that cannot be read or holds no question
 * @throws {JsonLinesError} for a line without the field
 */
export async function measureFileOverlap(
  { problems, corpus }: { readonly problems: string; readonly corpus: string },
  options: OverlapOptions,
): Promise<FileOverlap> {
  const questions = await readQuestions(problems, options.field);
  const { lines, overlaps } = await scanCorpus(corpus, questions, options);
  const rows = questions.map((question, i) => toRow(question, overlaps[i]!));
  rows.sort((a, b) => (b.share ?? 0) - (a.share ?? 0) || a.line - b.line);
  return { corpusLines: lines, questions: rows };
}
