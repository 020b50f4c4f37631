import type { Command } from 'commander';
import { homeOption, jsonOption, readHome } from '../home-option.ts';

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
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { chooseExperiment } = await import('../../db/queries/experiments.ts');
      const { printAnswer, printUnverified, writeExperimentReport } =
        await import('../write-experiment-report.ts');
      const home = readHome(options);
      const db = openReadonlyDatabase(home.database);
      const { id: experimentId } = chooseExperiment(db, name);
      const report = await writeExperimentReport(db, home, { experimentId, output: options.output });
      if (options.json)
        console.log(JSON.stringify({ experiment: experimentId, answer: report.answer, files: report.files }));
      else printAnswer(report);
      printUnverified(report);
    });
}
