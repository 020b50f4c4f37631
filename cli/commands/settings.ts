import type { Command } from 'commander';
import { jsonOption } from '../home-option.ts';

export function addSettingsCommand(program: Command): void {
  program
    .command('settings')
    .description('List every key of a declaration with its type, default and meaning, as --set takes them.')
    .argument('[prefix]', 'only keys that begin with this', '')
    .option('--markdown', 'print the page docs/settings.md')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      '\nExamples:\n  assay settings\n  assay settings training.optimizer\n  assay settings scheme --json',
    )
    .action(async (prefix: string, options: { markdown?: boolean; json?: boolean }) => {
      const { selectSettings } = await import('../../experiments/select-settings.ts');
      const { toSettingsPage, toSettingsText } = await import('../../config/settings-page.ts');
      const groups = selectSettings(prefix);
      if (options.json) {
        const settings = groups.flatMap((group) => group.settings);
        console.log(JSON.stringify(settings, null, 2));
      } else {
        console.log(options.markdown ? toSettingsPage(groups).trimEnd() : toSettingsText(groups));
      }
    });
}
