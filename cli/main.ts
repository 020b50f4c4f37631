import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { addBasesCommand } from './commands/bases.ts';
import { addCancelCommand } from './commands/cancel.ts';
import { addClaimsCommand } from './commands/claims.ts';
import { addCheckCommand } from './commands/check.ts';
import { addCompareCommand } from './commands/compare.ts';
import { addConstraintsCommand } from './commands/constraints.ts';
import { addDbCommand } from './commands/db.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { describeError, exitCodeOf, toErrorDocument } from './exit-code.ts';
import { addExportCommand } from './commands/export.ts';
import { addGcCommand } from './commands/gc.ts';
import { guardConsole } from './guard-console.ts';
import { addExtendCommand } from './commands/extend.ts';
import { addImportCommand } from './commands/import.ts';
import { addLsCommand } from './commands/ls.ts';
import { addOverlapCommand } from './commands/overlap.ts';
import { addPartsCommand } from './commands/parts.ts';
import { addPauseCommand } from './commands/pause.ts';
import { addReportCommand } from './commands/report.ts';
import { addRescoreCommand } from './commands/rescore.ts';
import { addResumeCommand } from './commands/resume.ts';
import { addRunCommand } from './commands/run.ts';
import { addSettingsCommand } from './commands/settings.ts';
import { addSetupCommand } from './commands/setup.ts';
import { addDatasetCommand } from './commands/dataset.ts';
import { addShowCommand } from './commands/show.ts';
import { addWorkerCommand } from './commands/worker.ts';

function createProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('assay')
    .description(
      'Runs declared experiment matrices over reward schemes as durable workflows, and reports which really did better.',
    )
    .version(packageJson.version)
    // A command group's own options are told from those of its subcommands by where they stand.
    .enablePositionalOptions()
    .showHelpAfterError('(add --help for options and examples)')
    .exitOverride();
  const commands = [
    addRunCommand,
    addCheckCommand,
    addResumeCommand,
    addLsCommand,
    addShowCommand,
    addDatasetCommand,
    addRescoreCommand,
    addPauseCommand,
    addCancelCommand,
    addExtendCommand,
    addClaimsCommand,
    addConstraintsCommand,
    addCompareCommand,
    addReportCommand,
    addExportCommand,
    addImportCommand,
    addOverlapCommand,
    addBasesCommand,
    addWorkerCommand,
    addDoctorCommand,
    addDbCommand,
    addGcCommand,
    addPartsCommand,
    addSettingsCommand,
    addSetupCommand,
  ];
  for (const add of commands) add(program, setExitCode);
  return program;
}

/** Seen before the options are read, which may be what failed. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json');
}

/** Runs one command line; returns the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  guardConsole(console, process.env);
  try {
    await createProgram((code) => (exitCode = code)).parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    const code = exitCodeOf(error);
    if (code !== 0 && asksForJson(argv)) console.log(JSON.stringify(toErrorDocument(error), null, 2));
    if (!(error instanceof CommanderError)) console.error(describeError(error));
    return code;
  }
}
