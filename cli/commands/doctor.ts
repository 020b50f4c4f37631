import type { Command } from 'commander';
import { defaultCacheDirectory } from '../../model/backends/cache-directory.ts';
import { homeOption, jsonOption, readHome } from '../home-option.ts';

const MARKS = { ok: '✓', missing: '✗', optional: '·' } as const;

export function addDoctorCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('doctor')
    .description(
      'Say which backend, server, database and versions are in use, and what is missing, with the command that mends it.',
    )
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay doctor\n  assay doctor --json')
    .action(async (options: { home: string; json?: boolean }) => {
      const { inspectInstallation } = await import('../../worker/doctor.ts');
      const items = await inspectInstallation({
        cacheDirectory: defaultCacheDirectory(),
        databasePath: readHome(options).database,
      });
      if (options.json) console.log(JSON.stringify(items, null, 2));
      const width = Math.max(...items.map((item) => item.name.length));
      for (const item of options.json ? [] : items) {
        const mend = item.mend === undefined ? '' : `\n    ${' '.repeat(width)}mend: ${item.mend}`;
        console.log(`${MARKS[item.status]} ${item.name.padEnd(width)}  ${item.detail}${mend}`);
      }
      setExitCode(items.some((item) => item.status === 'missing') ? 1 : 0);
    });
}
