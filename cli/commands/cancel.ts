import type { Command } from 'commander';
import { homeOption, jsonOption } from '../home-option.ts';

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
      const { cancelExperiment } = await import('../matrix/cancel-experiment.ts');
      const result = await cancelExperiment(options, name);
      if (options.json) return console.log(JSON.stringify(result));
      const { experiment, cancelled, completed } = result;
      if (cancelled === 0)
        console.log(`${experiment}: nothing is left to cancel; ${completed} runs are completed`);
      else console.log(`${experiment}: ${cancelled} runs are cancelled, ${completed} are completed and stay`);
    });
}
