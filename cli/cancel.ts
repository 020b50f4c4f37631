import type { Command } from 'commander';
import { homeOption, jsonOption } from './home-option.ts';
import { withOpenMatrix } from './pause.ts';

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
      const workflowId = await withOpenMatrix(options, name, async (handle) => {
        await handle.cancel();
        return handle.workflowId;
      });
      if (options.json) console.log(JSON.stringify({ cancelled: workflowId }));
      else console.log(`cancellation of ${workflowId} is under way`);
    });
}
