import type { Command } from 'commander';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { toPrintable } from '../printable.ts';
import type { RescoredRun, RescoredToken } from '../../activities/step/rescore-run.ts';
import { homeOption, jsonOption, readHome } from '../home-option.ts';
import { parseCount } from '../parse-options.ts';

interface RescoreOptions {
  readonly home: string;
  readonly scheme: string;
  readonly last: number;
  readonly show: number;
  readonly json?: boolean;
}

function formatNumber(value: number | null): string {
  return value === null ? '–' : value.toFixed(3);
}

function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '),
    )
    .join('\n');
}

/** What a token was taught, in one sign: more likely, less likely, neither; blank where its rollout was left out. */
function signOf(pull: number | null): string {
  if (pull === null) return ' ';
  return pull === 0 ? '·' : pull > 0 ? '+' : '−';
}

/** The completion with a sign below each token for either scheme; `*` marks tokens taught the same way but not as much. */
function markTokens(tokens: readonly RescoredToken[]): string {
  const shown = tokens.map(({ text, own, other }) => {
    const word = toPrintable(text === '' ? '∎' : text);
    const isWeaker = own !== null && other !== null && own * other > 0 && Math.abs(own - other) > 1e-6;
    return [word, signOf(own), isWeaker ? '*' : signOf(other)].map((cell) => cell.padEnd([...word].length));
  });
  const line = (at: number): string => shown.map((cells) => cells[at]).join('');
  return `  tokens ${line(0)}\n  own    ${line(1)}\n  other  ${line(2)}`;
}

function printRescored({ runId, ownScheme, otherScheme, ...rescored }: RescoredRun): void {
  const [from, to] = rescored.steps;
  console.log(`${runId}: ${rescored.rollouts} rollouts of steps ${from} to ${to}`);
  console.log(`own: ${ownScheme}; other: ${otherScheme}; means per outcome and format\n`);
  const head = ['outcome', 'format', 'rollouts', 'reward own', 'other', 'advantage own', 'other'];
  const rows = rescored.kinds.map(({ outcome, format, rollouts, own, other, opposed, leftOutByOne }) => [
    ...[outcome, format, String(rollouts)],
    ...[own.reward, other.reward, own.advantage, other.advantage].map(formatNumber),
    ...[String(opposed), String(leftOutByOne)],
  ]);
  console.log(formatTable([[...head, 'opposite sign', 'left out by one'], ...rows]));
  for (const rule of rescored.undecided)
    console.log(`\nCredit rule ${rule} is decided at each optimizer step and has no say here.`);
  if (rescored.disagreements.length === 0) {
    console.log('\nNo token is taught anything else.');
    return;
  }
  console.log('\nWhere they are furthest apart:');
  console.log('(+ made more likely, − less likely, · neither, * as own but not as much)');
  for (const { step, prompt, answer, text, outcome, own, other, tokens } of rescored.disagreements) {
    console.log(`\nstep ${step}, ${outcome}  ${prompt} → ${text}  (answer ${answer})`);
    console.log(
      `  own:   reward ${formatNumber(own.reward)}, advantage ${formatNumber(own.advantage)}\n` +
        `  other: reward ${formatNumber(other.reward)}, advantage ${formatNumber(other.advantage)}\n${markTokens(tokens)}`,
    );
  }
}

/** A scheme as it is typed: a name, or settings in JSON. */
function parseScheme(text: string): Record<string, unknown> {
  if (!text.trimStart().startsWith('{')) return { name: text };
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (error) {
    throw new InvalidSpecError(
      `--scheme: found ${JSON.stringify(text)}, expected a scheme's name or a JSON object: ${(error as Error).message}`,
    );
  }
}

export function addRescoreCommand(program: Command): void {
  program
    .command('rescore')
    .description(
      'Show what another scheme would have made of a run’s stored rollouts, and where it disagrees. Writes nothing.',
    )
    .argument('<run>', 'a run id as `assay ls` prints it')
    .requiredOption('--scheme <scheme>', 'a scheme’s name, or a scheme as JSON')
    .option('--last <n>', 'recorded steps to look at, the newest ones', parseCount, 10)
    .option('--show <n>', 'rollouts to show of those on which they differ', parseCount, 5)
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay rescore 1a2b3c4d5e6f/grpo/base-0/seed-0 --scheme negative-reinforcement\n' +
        `  assay rescore 1a2b3c4d5e6f/grpo/base-0/seed-0 --scheme '{"name":"grpo","rewards":[{"name":"graded"}]}' --json`,
    )
    .action(async (runId: string, options: RescoreOptions) => {
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { resolveScheme } = await import('../../experiments/resolve/resolve.ts');
      const { rescoreRun } = await import('../../activities/step/rescore-run.ts');
      const db = openReadonlyDatabase(readHome(options).database);
      const scheme = resolveScheme(parseScheme(options.scheme), '--scheme');
      const rescored = rescoreRun(db, runId, { ...options, scheme });
      if (options.json) console.log(JSON.stringify(rescored, null, 2));
      else printRescored(rescored);
    });
}
