import type { Command } from 'commander';
import { homeOption, jsonOption } from '../home-option.ts';
import type { VerdictOptions } from '../claims/print-verdicts.ts';

/** For a program that gates on a verdict; the codes are those of config/outcome.ts. */
export const OUTCOME_HELP = `
Exit codes: 0 supported, 10 contradicted, 11 no effect of interest, 12 underpowered, 13 not tested, 14 pending; of several hypotheses that of
the first in the order contradicted, no effect, not tested, underpowered, pending, supported. 2: bad input, 1: a fault of the program.`;

export function addCompareCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('compare')
    .description('Print what an experiment’s hypotheses come to; the exit code is that of the worst outcome.')
    .argument('[experiment]', 'name or id; the newest when left out')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay compare my-matrix\n  assay compare my-matrix --json && deploy',
    )
    .addHelpText('after', OUTCOME_HELP)
    .action(async (name: string | undefined, options: VerdictOptions) => {
      setExitCode((await import('../claims/print-verdicts.ts')).compareExperiment(name, options));
    });
}
