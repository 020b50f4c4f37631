import type { Command } from 'commander';
import { homeOption, jsonOption, readHome } from '../home-option.ts';

export function addLsCommand(program: Command): void {
  program
    .command('ls')
    .description('List experiments and their runs.')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay ls\n  assay ls --json | jq .[0].runs')
    .action(async (options: { home: string; json?: boolean }) => {
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { listExperiments } = await import('../../db/queries/experiments.ts');
      const { listPositions } = await import('../../db/queries/progress.ts');
      const { createStatusTeller } = await import('../../launch/shown-status.ts');
      const { describeAccuracy, listAccuracies } = await import('../../reports/run/run-accuracy.ts');
      const home = readHome(options);
      const db = openReadonlyDatabase(home.database);
      const listed = listExperiments(db).map((experiment) => {
        const toStatus = createStatusTeller(db, home, experiment.id);
        const accuracies = listAccuracies(db, experiment.id);
        const runs = listPositions(db, experiment.id).map((run) => ({
          id: run.runId,
          condition: run.conditionName,
          seed: run.seed,
          status: toStatus(run.status),
          doneSteps: run.doneSteps,
          totalSteps: run.totalSteps,
          accuracy: accuracies.get(run.runId) ?? null,
          failure: run.failureType === null ? null : `${run.failureType}: ${run.failureMessage}`,
        }));
        const { temporalServer: _temporalServer, hypotheses, checks, ...declared } = experiment;
        return {
          ...declared,
          hypotheses: JSON.parse(hypotheses) as unknown,
          checks: JSON.parse(checks) as unknown,
          runs,
        };
      });
      if (options.json) console.log(JSON.stringify(listed, null, 2));
      else if (listed.length === 0) console.log('no experiments yet');
      for (const experiment of options.json ? [] : listed) {
        console.log(`${experiment.name}  ${experiment.id.slice(0, 12)}  ${experiment.question}`);
        const width = Math.max(...experiment.runs.map((run) => run.id.length));
        for (const run of experiment.runs) {
          console.log(
            `  ${run.id.padEnd(width)}  ${run.status.padEnd(11)}  ${run.doneSteps}/${run.totalSteps} steps${run.accuracy === null ? '' : `  ${describeAccuracy(run.accuracy)}`}${run.failure ? `  ${run.failure}` : ''}`,
          );
        }
      }
    });
}
