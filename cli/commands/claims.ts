import { Option, type Command } from 'commander';
import { parseScale } from '../../experiments/claim.ts';
import { scaleNames } from '../../experiments/scales.ts';
import type * as Implementation from '../claims/claim-commands.ts';
import type { ScaleOption } from '../claims/choose-claims.ts';
import type * as Power from '../claims/claim-power.ts';
import type { LockOptions } from '../claims/lock-claims.ts';
import type { RunClaimOptions } from '../claims/run-claims.ts';
import { homeOption, jsonOption } from '../home-option.ts';
import { OUTCOME_HELP } from './compare.ts';
import type { VerdictOptions } from '../claims/print-verdicts.ts';
import { addRunOptions } from './run.ts';

type Commands = typeof Implementation;

/** What the commands do, loaded with all it needs when one of them is called. */
const load = (): Promise<Commands> => import('../claims/claim-commands.ts');

function scaleOption(): Option {
  return new Option('--scale <name>', `how large: ${scaleNames.join(', ')}`)
    .argParser(parseScale)
    .default('small');
}

/** How the power of a claim is told before it is run. */
function addPowerOptions(command: Command): Command {
  return command
    .option(
      '--pilot <home>',
      'home of a pilot of the claim: its variance components come before the stored ones',
    )
    .option(
      '--underpowered',
      'go on although hypotheses cannot reach 80 % power at their effect of interest',
    );
}

export function addClaimsCommand(program: Command, setExitCode: (code: number) => void): void {
  const claims = program
    .command('claims')
    .description(
      'Claims of papers as experiments that decide themselves: supported, contradicted, no-effect, underpowered or not-tested.',
    );
  claims
    .command('ls')
    .description('List the claims: the program’s, those in ./claims, and those that were run in this home.')
    .addOption(scaleOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay claims ls\n  assay claims ls --scale full --json')
    .action(async (options: Parameters<Commands['printClaims']>[0]) => (await load()).printClaims(options));
  addPowerOptions(claims.command('lock'))
    .description(
      'Fix what decides a claim before its first run: hypotheses, conditions, bases, seeds, problems, analysis; to be committed.',
    )
    .argument('[names...]', 'claims by name, or files that declare one')
    .addOption(scaleOption())
    .option('--all', 'every claim')
    .option('--relock <reason>', 'replace a lock under which runs have started; the lock keeps the reason')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay claims lock one-shot\n  assay claims lock my-claim.yaml --scale full\n  assay claims lock one-shot --relock "the margin was that of another metric"',
    )
    .action(async (names: string[], options: LockOptions) =>
      (await import('../claims/lock-claims.ts')).lockClaims(names, options),
    );
  addPowerOptions(addRunOptions(claims.command('run')))
    .description('Run claims one after the other, or resume them; finished runs are never repeated.')
    .argument('[names...]', 'claims by name, or files that declare one')
    .addOption(scaleOption())
    .option('--all', 'every claim')
    .option('--deviate <reason>', 'go on although a claim deviates from its lock; every report shows it')
    .option('--dry-run', 'print hypotheses, the lock and the number of runs, and compute nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  assay claims run negative-reinforcement\n  assay claims run --all --scale tiny\n  assay claims run my-claim.yaml --dry-run',
    )
    .action(async (names: string[], options: RunClaimOptions) => {
      setExitCode(await (await import('../claims/run-claims.ts')).runClaims(names, options));
    });
  claims
    .command('components')
    .description(
      'Print variance components of claims as CSV, as experiments/locks/variance-components.csv keeps them.',
    )
    .argument('[names...]', 'claims by name; all when left out')
    .addOption(scaleOption())
    .option('--results <dir>', 'recover them from the verdict tables of kept results, in place of a home')
    .addOption(homeOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay claims components one-shot\n  assay claims components --results docs/results',
    )
    .action(async (names: string[], options: Parameters<typeof Power.printComponents>[1]) =>
      (await import('../claims/claim-power.ts')).printComponents(names, options),
    );
  claims
    .command('verdicts')
    .description(
      'Print what is decided so far, from what is stored; the exit code is that of the worst outcome.',
    )
    .argument('[names...]', 'claims by name, or files that declare one; all when left out')
    .addOption(scaleOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay claims verdicts\n  assay claims verdicts ./my-claim.yaml --json',
    )
    .addHelpText('after', OUTCOME_HELP)
    .action(async (names: string[], options: VerdictOptions & ScaleOption) => {
      setExitCode(await (await import('../claims/print-verdicts.ts')).printVerdicts(names, options));
    });
  claims
    .command('page')
    .description('Write a claim’s result as docs/results keeps it: a page, its tables and figures.')
    .argument('[names...]', 'claims by name, or files that declare one')
    .requiredOption('-o, --output <dir>', 'directory that gets one folder per claim')
    .option('--all', 'every claim')
    .addOption(scaleOption())
    .addOption(homeOption())
    .addHelpText('after', '\nExample:\n  assay claims page one-shot --output docs/results')
    .action(async (names: string[], options: Parameters<Commands['writePages']>[1]) =>
      (await load()).writePages(names, options),
    );
}
