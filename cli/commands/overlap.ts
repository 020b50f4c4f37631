import { Option, type Command } from 'commander';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { OverlapOptions, OverlapRow } from '../../experiments/overlap.ts';
import { jsonOption } from '../home-option.ts';
import { parseCount, parseLeastShare } from '../parse-options.ts';

interface OverlapCommandOptions extends OverlapOptions {
  readonly show: number;
  readonly write?: string;
  readonly least?: number;
  readonly json?: boolean;
}

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

async function writeSplits(
  problems: string,
  rows: readonly OverlapRow[],
  { write: path, least = 0 }: OverlapCommandOptions,
): Promise<void> {
  if (path === undefined) return;
  const { writeOverlapSplits } = await import('../../experiments/write-overlap-splits.ts');
  const { contaminated, clean } = await writeOverlapSplits({ problems, rows, least, path });
  console.error(`wrote ${path}: ${contaminated} contaminated, ${clean} clean`);
}

async function compareFiles(problems: string, corpus: string, options: OverlapCommandOptions): Promise<void> {
  const { measureFileOverlap } = await import('../../experiments/overlap.ts');
  const { assertUnwritten } = await import('../../experiments/write-overlap-splits.ts');
  if (options.least !== undefined && options.write === undefined)
    throw new InvalidSpecError('--least belongs to --write: it says which lines are written as contaminated');
  if (options.write !== undefined) assertUnwritten(options.write);
  const { corpusLines, questions } = await measureFileOverlap({ problems, corpus }, options);
  await writeSplits(problems, questions, options);
  if (options.json) {
    const { n, unit } = options;
    console.log(JSON.stringify({ problems, corpus, n, unit, corpusLines, questions }, null, 2));
    return;
  }
  printRows(questions, options);
  console.log(summarize(questions, corpusLines, options));
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
    .option('--write <file>', 'write the problem lines with "split": "contaminated" or "clean" to a new file')
    .option(
      '--least <share>',
      'of --write: contaminated from this share of the n-grams on (default: from a single one on)',
      parseLeastShare,
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay overlap problems.jsonl corpus.txt\n' +
        '  assay overlap problems.jsonl corpus.jsonl --n 8 --corpus-field text\n' +
        '  assay overlap chains.jsonl corpus.txt --unit characters --n 10 --json\n' +
        '  assay overlap problems.jsonl corpus.txt --write splits.jsonl --least 0.5',
    )
    .action(compareFiles);
}
