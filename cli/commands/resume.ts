import type { Command } from 'commander';
import { readHome } from '../home-option.ts';
import type { RunOptions } from '../matrix/run-options.ts';
import { addRunOptions } from './run.ts';

export function addResumeCommand(program: Command, setExitCode: (code: number) => void): void {
  addRunOptions(program.command('resume'))
    .description(
      'Continue a matrix from what is stored, without its file: unfinished, failed and cancelled runs.',
    )
    .argument('[experiment]', 'name or id; the newest when left out')
    .addHelpText('after', '\nExamples:\n  assay resume\n  assay resume quickstart')
    .action(async (name: string | undefined, options: RunOptions) => {
      const { openHome } = await import('../../artifacts/open-home.ts');
      const { restoreExperiment } = await import('../../launch/restore.ts');
      const { runMatrices } = await import('../matrix/run-matrices.ts');
      const experiment = restoreExperiment(openHome(readHome(options)), name);
      setExitCode(await runMatrices([experiment], options));
    });
}
