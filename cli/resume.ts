import type { Command } from 'commander';
import { openDatabase } from '../db/connection.ts';
import { chooseExperiment, listConditions } from '../db/experiments.ts';
import { listRuns } from '../db/runs.ts';
import type { ResolvedExperiment } from '../experiments/resolve.ts';
import type { Condition } from '../spec/experiment.ts';
import type { Hypothesis } from '../spec/hypothesis.ts';
import { readHome } from './home-option.ts';
import { addRunOptions, runMatrices, type RunOptions } from './run.ts';

/** The experiment as it is stored: a resume does not read the file again, so it cannot drift. */
function restoreExperiment(home: string, name: string | undefined): ResolvedExperiment {
  const db = openDatabase(home);
  const experiment = chooseExperiment(db, name);
  const runs = listRuns(db, experiment.id);
  return {
    ...experiment,
    hypotheses: JSON.parse(experiment.hypotheses) as Hypothesis[],
    seeds: [...new Set(runs.map((run) => run.seed))].sort((a, b) => a - b),
    conditions: listConditions(db, experiment.id).map((condition) => ({
      id: condition.id,
      name: condition.name,
      isControl: condition.isControl,
      baseSeeds: [
        ...new Set(runs.filter((run) => run.conditionId === condition.id).map((run) => run.baseSeed)),
      ],
      condition: JSON.parse(condition.settings) as Condition,
    })),
  };
}

export function addResumeCommand(program: Command, setExitCode: (code: number) => void): void {
  addRunOptions(program.command('resume'))
    .description(
      'Continue a matrix from what is stored, without its file: unfinished, failed and cancelled runs.',
    )
    .argument('[experiment]', 'name or id; the newest when left out')
    .addHelpText('after', '\nExamples:\n  assay resume\n  assay resume quickstart')
    .action(async (name: string | undefined, options: RunOptions) => {
      setExitCode(await runMatrices([restoreExperiment(readHome(options).database, name)], options));
    });
}
