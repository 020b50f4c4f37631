import { InvalidArgumentError, Option, type Command } from 'commander';
import { homeOption, jsonOption } from '../home-option.ts';
import type { CompareOptions } from '../imports/compare-options.ts';
import { parseCount, parseField } from '../parse-options.ts';

/** For a program that gates on a verdict; the codes are those of config/outcome.ts. */
export const OUTCOME_HELP = `
Exit codes: 0 supported, 10 contradicted, 11 no effect of interest, 12 underpowered, 13 not tested, 14 pending; of several hypotheses that of
the first in the order contradicted, no effect, not tested, underpowered, pending, supported. 2: bad input, 1: a fault of the program.`;

const EXAMPLES = `
Examples:
  assay compare before.eval after.eval                      is the second above the first?
  assay compare base=logs/a.eval grpo=logs/b.eval --json && deploy
  assay compare main.jsonl pr.jsonl --alternative noninferior --margin 0.02 --markdown
  assay compare results.csv --field arm=model --field correct=is_right --baseline gpt-x
  assay compare seed1.csv seed2.csv seed3.csv --same --json > noise.json
  assay compare old.csv new.csv --noise noise.json
  assay compare old.csv new.csv --plan --effect 0.03        how many problems does it take?
  assay compare my-matrix                                   what a matrix of your own came to`;

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value))
    throw new InvalidArgumentError(`expected a number, found "${text}".`);
  return value;
}

function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (value <= 0) throw new InvalidArgumentError(`expected a number above 0, found "${text}".`);
  return value;
}

function parseMargin(text: string): number {
  const value = parseNumber(text);
  if (value < 0) throw new InvalidArgumentError(`expected a number of at least 0, found "${text}".`);
  return value;
}

function parseShare(text: string): number {
  const value = parseNumber(text);
  if (!(value > 0 && value < 1))
    throw new InvalidArgumentError(`expected a share between 0 and 1, found "${text}".`);
  return value;
}

function parseRange(text: string): [number, number] {
  const [low, high, ...rest] = text.split(',').map(parseNumber);
  if (low === undefined || high === undefined || rest.length > 0 || low >= high)
    throw new InvalidArgumentError(`expected LOW,HIGH such as -1,1, found "${text}".`);
  return [low, high];
}

const parseNames = (text: string): string[] => text.split(',').filter((part) => part !== '');

export function addCompareCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('compare')
    .description(
      'Compare results: files of evaluation and training tools, imports, or an experiment of this store. Paired by problem, corrected, with interval and power.',
    )
    .argument('[what...]', 'files, folders or imports, each NAME=WHAT to name its arm; or one experiment')
    .option('--baseline <arm>', 'what the others are compared with (default: the first arm)')
    .addOption(
      new Option('--alternative <direction>', 'what is claimed of each other arm')
        .choices(['greater', 'less', 'noninferior', 'equivalent'])
        .default('greater'),
    )
    .option('--margin <size>', 'smallest difference that matters, as a fraction', parseMargin)
    .option(
      '--interest <size>',
      'smallest effect of interest: shown to be within it is “no effect”',
      parsePositive,
    )
    .option('--k <list>', 'k of pass@k, such as 1,8', (text) => text.split(',').map(parseCount), [1])
    .option('--split <names>', 'only these splits', parseNames)
    .option('--clean <file>', 'problems of the split clean: an id, a prompt or a JSON object a line')
    .option('--contaminated <file>', 'problems of the split contaminated, as for --clean')
    .addOption(
      new Option('--pair <by>', 'what tells that two arms met the same problem')
        .choices(['prompt', 'id'])
        .default('prompt'),
    )
    .addOption(
      new Option('--cluster <which>', 'what is independent: clusters that the files tell, or each problem')
        .choices(['told', 'problem'])
        .default('told'),
    )
    .option('--scorer <name>', 'which of several scores')
    .option('--field <ours=theirs>', 'what a field is called in a plain file', parseField)
    .option('--threshold <score>', 'a sample is right from this score on', parseNumber)
    .option('--range <low,high>', 'scores from low to high are taken as 0 to 1', parseRange)
    .option('--noise <file>', 'hold single runs to this noise floor (of --same --json)')
    .option('--same', 'the arms are runs of one recipe: print how much they differ by chance')
    .option('--plan', 'the arms are a pilot: print how many problems, samples and runs show --effect')
    .option('--effect <size>', 'of --plan: the true difference to be shown', parsePositive, 0.05)
    .option('--power <share>', 'of --plan', parseShare, 0.8)
    .option('--markdown', 'print the answer as Markdown, as for a pull request')
    .option('--output <dir>', 'where the report goes (default: within the home)')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', EXAMPLES)
    .addHelpText('after', OUTCOME_HELP)
    .action(async (what: string[], options: CompareOptions) => {
      setExitCode(await (await import('../imports/compare.ts')).compare(what, options));
    });
}
