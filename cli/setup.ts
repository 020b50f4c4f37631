import type { Command } from 'commander';
import { defaultCacheDirectory } from '../model/cache-directory.ts';
import { runSetup } from '../worker/setup/main.ts';

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description(
      'Install what npm does not: the native TensorFlow library and the Temporal server, in the cache outside the repository.',
    )
    .addHelpText('after', '\nExamples:\n  assay setup')
    .action(async () => {
      await runSetup({ cacheDirectory: defaultCacheDirectory(), report: (line) => console.error(line) });
    });
}
