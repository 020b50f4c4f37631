import { Option, type Command } from 'commander';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import {
  createOverlapScan,
  type GramOptions,
  type QuestionOverlap,
} from '../../stats/measures/ngram-overlap.ts';
import { listTexts, parseJsonLine, readTextField, type SourceLine } from '../../tasks/json-lines.ts';
import { jsonOption } from '../home-option.ts';
import { parseCount } from '../parse-options.ts';

interface OverlapCommandOptions extends GramOptions {
  readonly field: string;
  readonly corpusField?: string;
  readonly show: number;
  readonly json?: boolean;
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

async function* readLines(path: string): AsyncGenerator<SourceLine> {
  await assertFile(path);
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(path, 'utf8'), crlfDelay: Infinity })) {
    line += 1;
    yield { source: path, line, text };
  }
}

const isBlank = (text: string): boolean => text.trim() === '';

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

async function scanCorpus(
  path: string,
  questions: readonly Question[],
  options: OverlapCommandOptions,
): Promise<{ readonly lines: number; readonly overlaps: QuestionOverlap[] }> {
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

function toRows(questions: readonly Question[], overlaps: readonly QuestionOverlap[]) {
  return questions
    .map(({ line, text }, i) => {
      const { grams, found, isShort, matches } = overlaps[i]!;
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
    })
    .sort((a, b) => (b.share ?? 0) - (a.share ?? 0) || a.line - b.line);
}

type OverlapRow = ReturnType<typeof toRows>[number];

function printRows(rows: readonly OverlapRow[], options: OverlapCommandOptions): void {
  const matching = rows.filter(({ found }) => found > 0);
  for (const row of matching.slice(0, options.show)) {
    const note = row.isShort ? `, shorter than ${options.n}: compared whole` : '';
    console.log(`line ${row.line}: ${row.found} of ${row.grams} ${options.n}-grams${note}`);
    for (const { text, corpusLine, corpusExcerpt } of row.matches) {
      console.log(`  ${JSON.stringify(text)}`);
      console.log(`  corpus line ${corpusLine}: ${JSON.stringify(corpusExcerpt)}`);
    }
  }
  const hidden = matching.length - options.show;
  if (hidden > 0) console.log(`… and ${hidden} more; --show ${matching.length} prints them`);
}

function summarize(rows: readonly OverlapRow[], lines: number, options: OverlapCommandOptions): string {
  const matching = rows.filter(({ found }) => found > 0).length;
  const whole = rows.filter(({ share }) => share === 1).length;
  const short = rows.filter(({ isShort }) => isShort).length;
  return (
    `${matching} of ${rows.length} questions share a ${options.n}-gram of ${options.unit} with the ${lines} corpus lines, ` +
    `${whole} entirely` +
    (short === 0 ? '.' : `; ${short} are shorter than ${options.n} ${options.unit} and were compared whole.`)
  );
}

export function addOverlapCommand(program: Command): void {
  program
    .command('overlap')
    .description('Find questions that occur in a corpus: shared n-grams, with what matched and where.')
    .argument('<problems>', 'JSON Lines file with one question per line')
    .argument('<corpus>', 'JSON Lines (.jsonl, .ndjson: every text in a line) or plain text')
    .option('--n <count>', 'units per n-gram', parseCount, 13)
    .addOption(
      new Option('--unit <unit>', 'what an n-gram is made of')
        .choices(['words', 'characters'])
        .default('words'),
    )
    .option('--field <name>', 'field of a problem line that holds the question', 'question')
    .option('--corpus-field <name>', 'only this field of a corpus line (default: every text in it)')
    .option('--show <count>', 'matching questions to print, most overlapping first', parseCount, 20)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay overlap problems.jsonl corpus.txt\n' +
        '  assay overlap problems.jsonl corpus.jsonl --n 8 --corpus-field text\n' +
        '  assay overlap chains.jsonl corpus.txt --unit characters --n 10 --json',
    )
    .action(async (problems: string, corpus: string, options: OverlapCommandOptions) => {
      const questions = await readQuestions(problems, options.field);
      const { lines, overlaps } = await scanCorpus(corpus, questions, options);
      const rows = toRows(questions, overlaps);
      if (options.json) {
        const { n, unit } = options;
        console.log(
          JSON.stringify({ problems, corpus, n, unit, corpusLines: lines, questions: rows }, null, 2),
        );
        return;
      }
      printRows(rows, options);
      console.log(summarize(rows, lines, options));
    });
}
