import type { Command } from 'commander';
import { join } from 'node:path';
import { openReadonlyDatabase, type Database } from '../db/connection.ts';
import { chooseExperiment, findExperiment } from '../db/experiments.ts';
import { loadComparison } from '../reports/load-comparison.ts';
import { writeReport } from '../reports/write-report.ts';
import type { Home } from '../worker/home.ts';
import { homeOption, jsonOption, readHome } from './home-option.ts';

/** Writes an experiment's report beside its other results; returns the paths of its files. */
export function writeExperimentReport(db: Database, home: Home, experimentId: string): Promise<string[]> {
  const { name } = findExperiment(db, experimentId);
  return writeReport(
    loadComparison(db, experimentId),
    join(home.reports, `${name}-${experimentId.slice(0, 12)}`),
  );
}

export function printReportPaths(paths: readonly string[]): void {
  console.log('Report:');
  for (const path of paths) console.log(`  ${path}`);
}

export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description(
      'Write the comparison report of an experiment: one HTML page, a Markdown summary, CSV tables.',
    )
    .argument('[experiment]', 'name or id; the newest when left out')
    .option('-o, --output <dir>', 'directory to write to')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay report\n  assay report quickstart --output results')
    .action(async (name: string | undefined, options: { home: string; output?: string; json?: boolean }) => {
      const home = readHome(options);
      const db = openReadonlyDatabase(home.database);
      const experiment = chooseExperiment(db, name);
      const paths =
        options.output === undefined
          ? await writeExperimentReport(db, home, experiment.id)
          : await writeReport(loadComparison(db, experiment.id), options.output);
      if (options.json) console.log(JSON.stringify({ experiment: experiment.id, files: paths }));
      else printReportPaths(paths);
    });
}
