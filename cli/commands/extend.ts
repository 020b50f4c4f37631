import { Option, type Command } from 'commander';
import type { Extension } from '../../experiments/resolve/extend.ts';
import { homeOption, jsonOption } from '../home-option.ts';
import { toLaunchSettings, type RunOptions } from '../matrix/run-options.ts';
import { parseCount, parseSeeds } from '../parse-options.ts';
import { addTrackOptions, addWorkerOptions } from './run.ts';

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
  addTrackOptions(addWorkerOptions(command))
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
    .action(async (name: string | undefined, options: RunOptions & Extension) => {
      const { seeds, bases, steps } = options;
      if (seeds === undefined && bases === undefined && steps === undefined)
        command.error('error: name what to add: --seeds, --bases or --steps');
      const { extendStored } = await import('../../launch/extend-matrix.ts');
      const { experiment, isTakenUp } = await extendStored(name, {
        ...options,
        ...toLaunchSettings(options),
      });
      if (isTakenUp) {
        console.error('the matrix is under way and takes them up; its own command writes the report');
        return;
      }
      const { runMatrices } = await import('../matrix/run-matrices.ts');
      setExitCode(await runMatrices([experiment], options));
    });
}
