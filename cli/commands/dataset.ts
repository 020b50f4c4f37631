import type { Command } from 'commander';
import { homeOption, readHome } from '../home-option.ts';
import { parseCount } from '../parse-options.ts';

interface DatasetOptions {
  readonly home: string;
  readonly first?: number;
}

export function addDatasetCommand(program: Command): void {
  program
    .command('dataset')
    .description('Print the rows that a run collected, as JSON lines.')
    .argument('<run>', 'a run id as `assay ls` prints it')
    .option('--first <n>', 'only so many rows', parseCount)
    .addOption(homeOption())
    .addHelpText('after', '\nExample:\n  assay dataset 1a2b3c4d5e6f/teacher-rollouts/base-0/seed-0 --first 3')
    .action(async (runId: string, options: DatasetOptions) => {
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { listDatasetRows, requireDataset } = await import('../../db/queries/datasets.ts');
      const db = openReadonlyDatabase(readHome(options).database);
      const dataset = requireDataset(db, runId);
      const to = Math.min(dataset.rows, options.first ?? dataset.rows);
      for (const row of listDatasetRows(db, dataset.runId, { from: 0, to })) console.log(JSON.stringify(row));
      console.error(`${to} of ${dataset.rows} ${dataset.kind}, sha256 ${dataset.sha256}`);
    });
}
