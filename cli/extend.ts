import { Option, type Command } from 'commander';
import { openDatabase, type Database } from '../db/connection.ts';
import { listRuns } from '../db/runs.ts';
import { extendExperiment, type ExtendedExperiment, type Extension } from '../experiments/extend.ts';
import { extendMatrix, MatrixNotOpenError, NoWorkerError } from '../experiments/matrix-workflow.ts';
import { planRuns, registerMatrix } from '../experiments/register.ts';
import type { ResolvedExperiment } from '../experiments/resolve.ts';
import { restoreExperiment } from '../experiments/restore.ts';
import { openArtifactStore, parseArtifactLocation } from '../worker/artifact-location.ts';
import { continueRuns } from '../worker/continue-runs.ts';
import { homeOption, jsonOption, readHome } from './home-option.ts';
import { parseCount, parseSeeds } from './parse-options.ts';
import { withOpenMatrix } from './pause.ts';
import { addWorkerOptions, launchOf, runMatrices, type RunOptions } from './run.ts';

type ExtendOptions = RunOptions & Extension & { readonly json?: boolean };

/** Tells the matrix under way that there are more runs; false when none is under way or nobody works on it. */
async function extendUnderWay(options: ExtendOptions, experiment: ResolvedExperiment): Promise<boolean> {
  try {
    await withOpenMatrix(options, experiment.id, (handle, client) => extendMatrix({ client, handle }));
    return true;
  } catch (error) {
    if (error instanceof MatrixNotOpenError || error instanceof NoWorkerError) return false;
    throw error;
  }
}

/** Registers what is new, gives longer runs the steps that are recorded, and says what is left to compute. */
async function prepare(
  db: Database,
  stored: ResolvedExperiment,
  extended: ExtendedExperiment,
  options: ExtendOptions,
): Promise<number> {
  const { experiment, continued, recomputed } = extended;
  registerMatrix(db, experiment, launchOf(options));
  for (const { name, reason } of recomputed) console.error(`${name} starts over at step 0: ${reason}`);
  const pair = { from: stored.id, to: experiment.id, continued };
  const home = readHome(options);
  const artifacts = await openArtifactStore(parseArtifactLocation(options.artifacts, home), home.artifacts);
  const count = await continueRuns(db, artifacts, pair);
  if (count > 0) console.error(`${count} runs continue after the steps that are recorded`);
  if (experiment.id !== stored.id)
    console.error(
      `more steps are another experiment of the same name: ${experiment.id.slice(0, 12)} beside ${stored.id.slice(0, 12)}`,
    );
  const runs = listRuns(db, experiment.id);
  const left = runs.filter(({ status }) => status !== 'completed').length;
  console.error(`${experiment.name}: ${left} of ${planRuns(experiment).length} runs are to be computed`);
  return left;
}

export function addExtendCommand(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command('extend')
    .description('Add seeds, base models or steps to a matrix and compute only what is new.')
    .argument('[experiment]', 'name or id; the newest when left out')
    .addOption(
      new Option('--seeds <seeds>', 'how many seeds there shall be in all, or a list to add').argParser(
        parseSeeds,
      ),
    )
    .addOption(
      new Option(
        '--bases <seeds>',
        'how many base models there shall be in all, or a list of seeds to add',
      ).argParser(parseSeeds),
    )
    .addOption(
      new Option('--steps <n>', 'how many RL steps every trained condition shall have').argParser(parseCount),
    )
    .addOption(homeOption());
  addWorkerOptions(command)
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  assay extend quickstart --seeds 5
  assay extend quickstart --bases 2
  assay extend quickstart --steps 200

Seeds and base models join the experiment. Steps are part of what an experiment is, so more of them make another
experiment of the same name; its runs continue the recorded ones where a longer run would have taken the same steps.`,
    )
    .action(async (name: string | undefined, options: ExtendOptions) => {
      const { seeds, bases, steps } = options;
      if (seeds === undefined && bases === undefined && steps === undefined)
        command.error('error: name what to add: --seeds, --bases or --steps');
      const db = openDatabase(readHome(options).database);
      const stored = restoreExperiment(db, name);
      const extended = extendExperiment(stored, options);
      const left = await prepare(db, stored, extended, options);
      if (left > 0 && (await extendUnderWay(options, extended.experiment))) {
        console.error('the matrix is under way and takes them up; its own command writes the report');
        return;
      }
      setExitCode(await runMatrices([extended.experiment], options));
    });
}
