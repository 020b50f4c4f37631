import type { Command } from 'commander';
import { homeOption, jsonOption, readHome } from '../home-option.ts';
import { stderrTeller } from '../matrix/run-options.ts';

export function addCancelCommand(program: Command): void {
  program
    .command('cancel')
    .description(
      'Stop a matrix for good: running steps are abandoned, its runs are marked cancelled. `assay run` starts them again.',
    )
    .argument('[experiment]', 'name or id; the newest when left out')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  assay cancel quickstart')
    .action(async (name: string | undefined, options: { home: string; json?: boolean }) => {
      const { cancelExperiment } = await import('../../launch/cancel-experiment.ts');
      const result = await cancelExperiment(
        { home: readHome(options), artifacts: process.env['ASSAY_ARTIFACTS'], teller: stderrTeller },
        name,
      );
      if (options.json) return console.log(JSON.stringify(result));
      const { experiment, cancelled, completed } = result;
      if (cancelled === 0)
        console.log(`${experiment}: nothing is left to cancel; ${completed} runs are completed`);
      else console.log(`${experiment}: ${cancelled} runs are cancelled, ${completed} are completed and stay`);
    });
}
