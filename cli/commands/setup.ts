import type { Command } from 'commander';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';

export function addSetupCommand(program: Command): void {
  program
    .command('setup')
    .description(
      'Install what npm does not: the native TensorFlow library and the Temporal server, in the cache outside the repository.',
    )
    .addHelpText('after', '\nExamples:\n  assay setup')
    .action(async () => {
      const { runSetup } = await import('../../setup/main.ts');
      const { hasConfiguredServer } = await import('../../worker/server/temporal-connection.ts');
      const cacheDirectory = defaultCacheDirectory();
      await runSetup({
        cacheDirectory,
        needsTemporalServer: !hasConfiguredServer(process.env),
        report: (line) => console.error(line),
      });
      const { prepareWorkflowBundle } = await import('../../worker/workflow-bundle.ts');
      const { createDataConverter } = await import('../../worker/payload/data-converter.ts');
      await prepareWorkflowBundle(cacheDirectory, createDataConverter(process.env));
    });
}
