import { Option, type Command } from 'commander';
import { availableParallelism } from 'node:os';
import { artifactsOption, homeOption, jsonOption, pythonOption } from '../home-option.ts';
import type { RunOptions } from '../matrix/run-options.ts';
import { MAX_WINDOW, parseCount, parseSeeds, parseWholeNumber, parseWindow } from '../parse-options.ts';
import { backendOption, metricsOption } from './worker.ts';

/** What decides speed and never a number. */
export function addWorkerOptions(command: Command): Command {
  return command
    .addOption(artifactsOption())
    .addOption(backendOption())
    .addOption(
      new Option('--train-workers <n>', 'train worker processes, one slot each; 0: other hosts train')
        .argParser(parseWholeNumber)
        // Small operations do not scale over threads.
        .default(availableParallelism(), 'one per core'),
    )
    .addOption(
      new Option('--threads <n>', 'threads inside one tfjs operation').argParser(parseCount).default(1),
    )
    .addOption(
      new Option(
        '--window <n>',
        `most runs under way at once, up to ${MAX_WINDOW} (default: twice the train workers of this host)`,
      ).argParser(parseWindow),
    )
    .option('--fail-fast', 'start no further run once one has failed')
    .option(
      '--mixed-sources',
      'go on although other sources of the program computed a part; the report names the mixture',
    )
    .addOption(
      metricsOption(
        'serve metrics to a Prometheus scraper, HOST:PORT for the store worker, the next ports for the train workers',
      ),
    );
}

/** Who else sees the learning curves while the runs are under way. */
export function addTrackOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--track <store>',
        "log learning curves while they grow: trackio, under the experiment's name",
      ).choices(['trackio']),
    )
    .addOption(pythonOption());
}

export function addRunOptions(command: Command): Command {
  command
    .addOption(homeOption())
    .addOption(
      new Option('--set <key=value...>', 'override a setting, e.g. training.steps=10').default([], 'none'),
    )
    .addOption(
      new Option('--seeds <seeds>', 'number of seeds, or a comma-separated list').argParser(parseSeeds),
    );
  return addTrackOptions(addWorkerOptions(command)).addOption(jsonOption());
}

export function addRunCommand(program: Command, setExitCode: (code: number) => void): void {
  addRunOptions(program.command('run'))
    .description('Launch a declared matrix, or resume it where it stopped; the same command does both.')
    .argument('<file>', 'a .ts, .yaml or .json file that declares an experiment')
    .option('--dry-run', 'print the expanded conditions and runs, and compute nothing')
    .addHelpText(
      'after',
      `
Examples:
  assay run experiments/matrices/quickstart.ts
  assay run experiments/matrices/quickstart.ts --seeds 5 --set training.steps=100
  assay run experiments/matrices/quickstart.ts --dry-run --json
  assay run experiments/matrices/quickstart.ts --track trackio

\`assay settings\` lists every key that --set takes, with its default.`,
    )
    .action(async (file: string, options: RunOptions) => {
      const { declareExperiment } = await import('../../experiments/resolve/declare-experiment.ts');
      const experiment = await declareExperiment(file, options);
      if (options.dryRun) {
        const { printPlan } = await import('../matrix/print-plan.ts');
        return printPlan(experiment, options);
      }
      const { runMatrices } = await import('../matrix/run-matrices.ts');
      setExitCode(await runMatrices([experiment], options));
    });
}
