import type { Command } from 'commander';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description(
      'Install what npm does not: the native TensorFlow library and the Temporal server, in the cache outside the repository.',
    )
    .option('--store-only', 'only what import, compare, report and export need: SQLite’s addon')
    .addHelpText(
      'after',
      '\nExamples:\n  assay setup\n  assay setup --store-only    to compare results of other tools',
    )
    .action(async ({ storeOnly = false }: { readonly storeOnly?: boolean }) => {
      const { runSetup } = await import('../../setup/main.ts');
      const { provideSqliteBinding } = await import('../../setup/sqlite-binding.ts');
      const { hasConfiguredServer } = await import('../../worker/server/temporal-connection.ts');
      const cacheDirectory = defaultCacheDirectory();
      const report = (line: string): void => console.error(line);
      if (storeOnly) return provideSqliteBinding({ cacheDirectory, report });
      await runSetup({ cacheDirectory, needsTemporalServer: !hasConfiguredServer(process.env), report });
      const { prepareWorkflowBundle } = await import('../../worker/workflow-bundle.ts');
      const { createDataConverter } = await import('../../worker/payload/data-converter.ts');
      await prepareWorkflowBundle(cacheDirectory, createDataConverter(process.env));
    });
}
