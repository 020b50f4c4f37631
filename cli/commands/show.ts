import { Option, type Command } from 'commander';
import { homeOption, jsonOption, readHome } from '../home-option.ts';
import { parseCount } from '../parse-options.ts';
import type { ShownPart } from '../../reports/run/collect-run.ts';

interface ShowOptions extends ShownPart {
  readonly home: string;
  readonly json?: boolean;
}

export function addShowCommand(program: Command): void {
  program
    .command('show')
    .description('Show a run: status, evaluations, a step’s metrics, sample rollouts.')
    .argument('<run>', 'a run id as `assay ls` prints it')
    .option('--step <n>', 'training step to look at (default: the last recorded one)', (text) => Number(text))
    .option('--samples <n>', 'rollouts to print, of as many prompts as there are', parseCount, 5)
    .addOption(
      new Option(
        '--split <split>',
        'rollouts of the last evaluation on this split (default: of the training step)',
      ).choices(['dev', 'clean', 'contaminated', 'knowledge', 'harder']),
    )
    .option('--incorrect', 'only rollouts that were not verified as correct')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay show 1a2b3c4d5e6f/grpo/seed-0 --samples 20\n  assay show 1a2b3c4d5e6f/grpo/seed-0 --split clean --incorrect',
    )
    .action(async (runId: string, options: ShowOptions) => {
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { collectRun } = await import('../../reports/run/collect-run.ts');
      const { printRun } = await import('./print-run.ts');
      const { createStatusTeller } = await import('../../launch/shown-status.ts');
      const home = readHome(options);
      const db = openReadonlyDatabase(home.database);
      const collected = collectRun(db, runId, options);
      const toStatus = createStatusTeller(db, home, collected.experimentId);
      const shown = { ...collected, status: toStatus(collected.status) };
      if (options.json) console.log(JSON.stringify(shown, null, 2));
      else printRun(shown);
    });
}
