import type { Command } from 'commander';
import { homeOption, jsonOption, readHome } from '../home-option.ts';
import { stderrTeller } from '../matrix/run-options.ts';

interface PauseOptions {
  readonly home: string;
  readonly json?: boolean;
  readonly off?: boolean;
}

export function addPauseCommand(program: Command): void {
  program
    .command('pause')
    .description('Let running steps finish and start no further ones; `assay pause --off` goes on.')
    .argument('[experiment]', 'name or id; the newest when left out')
    .option('--off', 'go on again')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay pause quickstart\n  assay pause quickstart --off')
    .action(async (name: string | undefined, options: PauseOptions) => {
      const { setMatrixPaused } = await import('../../launch/matrix-workflow.ts');
      const { withOpenMatrix } = await import('../../launch/open-matrix.ts');
      const progress = await withOpenMatrix(
        { home: readHome(options), teller: stderrTeller },
        name,
        (handle, client) => setMatrixPaused({ client, handle }, options.off !== true),
      );
      if (options.json) console.log(JSON.stringify(progress, null, 2));
      else
        console.log(
          `${progress.isPaused ? 'paused' : 'going on'}: ${progress.running.length} runs under way, ${progress.completed} completed`,
        );
    });
}
