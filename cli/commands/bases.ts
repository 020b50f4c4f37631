import type { Command } from 'commander';
import type * as Implementation from './base-cards.ts';
import { homeOption, jsonOption } from '../home-option.ts';
import { parseSeedRange, parseWholeNumber } from '../parse-options.ts';
import { addWorkerOptions } from './run.ts';

type Commands = typeof Implementation;

/** What the commands do, loaded with all it needs when one of them is called. */
const load = (): Promise<Commands> => import('./base-cards.ts');

/** `assay bases`: named base models and their cards. */
export function addBasesCommand(program: Command, setExitCode: (code: number) => void): void {
  const bases = program
    .command('bases')
    .description('List, build and show the named base models that declarations can start from.');
  bases
    .command('ls')
    .description('List the named recipes, their fingerprints and the seeds that are built.')
    .addOption(homeOption())
    .addOption(jsonOption())
    .action(async (options: Parameters<Commands['listBases']>[0]) => (await load()).listBases(options));
  bases
    .command('show')
    .description(
      'Print the card of a base model: its gates, and what each model that is built knows before any RL.',
    )
    .argument('<name>', 'a name of `assay bases ls`')
    .option('--seed <n>', 'base seed (default: every one that is built)', parseWholeNumber)
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  assay bases show latent-strategy --seed 0')
    .action(async (name: string, options: Parameters<Commands['showBase']>[1]) =>
      (await load()).showBase(name, options),
    );
  addWorkerOptions(bases.command('build'))
    .description(
      'Pretrain a named base model, evaluate it on every split, and print its card; resumes likewise.',
    )
    .argument('<name>', 'a name of `assay bases ls`')
    .option('--seed <n>', 'base seed', parseWholeNumber, 0)
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  assay bases build latent-strategy --seed 1')
    .action(async (name: string, options: Parameters<Commands['buildBase']>[1]) => {
      setExitCode(await (await load()).buildBase(name, options));
    });
  addWorkerOptions(bases.command('check'))
    .description(
      'Build a named base model on the base seeds of cards, measure its gates and keep what they came to; resumes likewise.',
    )
    .argument('<name>', 'a name of `assay bases ls`')
    .option(
      '--seeds <seeds>',
      'base seeds, e.g. 90-94 or 90,91 (default: 90-94, which claims ask for)',
      parseSeedRange,
    )
    .option('-o, --output <dir>', 'keep the card there as well, as experiments/bases/cards/ does')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay bases check sharp\n  assay bases check sharp --seeds 90,91')
    .action(async (name: string, options: Parameters<Commands['checkBase']>[1]) => {
      setExitCode(await (await load()).checkBase(name, options));
    });
}
