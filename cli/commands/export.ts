import { InvalidArgumentError, Option, type Command } from 'commander';
import { join } from 'node:path';
import type { Database } from '../../db/store/connection.ts';
import type { ExperimentRow } from '../../db/queries/experiments.ts';
import { homeOption, jsonOption, pythonOption, readHome } from '../home-option.ts';

interface ExportOptions {
  readonly to: 'every-eval-ever' | 'trackio';
  readonly home: string;
  readonly python: string;
  readonly output?: string;
  readonly organization: string;
  readonly project?: string;
  readonly json?: boolean;
}

/** A name that may stand in a path and in a model's id. */
function parseOrganization(text: string): string {
  if (/^[A-Za-z0-9][\w-]*$/.test(text) && text !== 'data') return text;
  throw new InvalidArgumentError(`expected letters, digits, - and _, and not "data"; found "${text}".`);
}

async function exportEvaluations(
  db: Database,
  experiment: ExperimentRow,
  options: ExportOptions,
): Promise<void> {
  const { loadFinalEvaluations } = await import('../../reports/export/every-eval-ever/final-evaluations.ts');
  const { writeEveryEvalEver } =
    await import('../../reports/export/every-eval-ever/write-every-eval-ever.ts');
  const { id, name } = experiment;
  const beside = join(readHome(options).reports, `${name}-${id.slice(0, 12)}`, 'every-eval-ever');
  const directory = options.output ?? beside;
  const { organization } = options;
  const files = await writeEveryEvalEver(loadFinalEvaluations(db, experiment), { directory, organization });
  if (options.json) console.log(JSON.stringify({ experiment: id, directory, files }));
  else for (const file of files) console.log(file);
  if (files.length === 0) console.error(`${name} has no completed run with a final evaluation yet`);
}

async function exportCurves(db: Database, experiment: ExperimentRow, options: ExportOptions): Promise<void> {
  const { createCurveReader } = await import('../../reports/export/curve-points.ts');
  const { openTrackio } = await import('../../reports/export/trackio/open-trackio.ts');
  const project = options.project ?? experiment.name;
  const trackio = await openTrackio(options.python);
  for (const point of createCurveReader(db, experiment.id)()) await trackio.log([{ ...point, project }]);
  const added = await trackio.close();
  const { version, directory } = trackio;
  if (options.json)
    console.log(JSON.stringify({ experiment: experiment.id, project, directory, version, added }));
  else
    console.log(
      `${added} points added to ${project} in ${directory}; \`trackio show --project ${project}\` opens them`,
    );
}

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('Hand an experiment to another tool: final evaluations, or learning curves.')
    .argument('[experiment]', 'name or id; the newest when left out')
    .addOption(
      new Option('--to <format>', 'what to make of it')
        .choices(['every-eval-ever', 'trackio'])
        .makeOptionMandatory(),
    )
    .option(
      '-o, --output <dir>',
      'every-eval-ever: directory to write to (default: beside the report, in the home)',
    )
    .addOption(
      new Option('--organization <name>', 'every-eval-ever: who trained and evaluated the policies')
        .argParser(parseOrganization)
        .default('unknown'),
    )
    .option('--project <name>', "trackio: project to log to (default: the experiment's name)")
    .addOption(pythonOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  assay export quickstart --to every-eval-ever -o results --organization my-lab
  assay export quickstart --to trackio
  assay export quickstart --to trackio --project rewards --python ~/.venv/bin/python

Both may be repeated: files come out the same, and a point that trackio has is not logged again.
\`assay run FILE --track trackio\` logs the curves while they grow. docs/export.md says what goes where.`,
    )
    .action(async (name: string | undefined, options: ExportOptions) => {
      const other = options.to === 'trackio' ? ['output', 'organization'] : ['project'];
      const unused = other.find((option) => command.getOptionValueSource(option) === 'cli');
      if (unused !== undefined) command.error(`error: --${unused} means nothing with --to ${options.to}`);
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { chooseExperiment } = await import('../../db/queries/experiments.ts');
      const db = openReadonlyDatabase(readHome(options).database);
      const experiment = chooseExperiment(db, name);
      await (options.to === 'trackio' ? exportCurves : exportEvaluations)(db, experiment, options);
    });
}
