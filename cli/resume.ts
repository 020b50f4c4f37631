import type { Command } from 'commander';
import { openDatabase } from '../db/connection.ts';
import { restoreExperiment } from '../experiments/restore.ts';
import { readHome } from './home-option.ts';
import { addRunOptions, runMatrices, type RunOptions } from './run.ts';

export function addResumeCommand(program: Command, setExitCode: (code: number) => void): void {
  addRunOptions(program.command('resume'))
    .description(
      'Continue a matrix from what is stored, without its file: unfinished, failed and cancelled runs.',
    )
    .argument('[experiment]', 'name or id; the newest when left out')
    .addHelpText('after', '\nExamples:\n  assay resume\n  assay resume quickstart')
    .action(async (name: string | undefined, options: RunOptions) => {
      const experiment = restoreExperiment(openDatabase(readHome(options).database), name);
      setExitCode(await runMatrices([experiment], options));
    });
}
