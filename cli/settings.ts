import type { Command } from 'commander';
import { describeSettings } from '../spec/describe-settings.ts';
import { InvalidSpecError } from '../spec/invalid-spec-error.ts';
import { toSettingsPage, toSettingsText } from '../spec/settings-page.ts';
import { jsonOption } from './home-option.ts';

/** The groups with the keys at or below `prefix`. */
function selectSettings(prefix: string) {
  const selected = describeSettings()
    .map((group) => ({
      ...group,
      settings: group.settings.filter(({ path }) => path.startsWith(prefix)),
    }))
    .filter(({ settings }) => settings.length > 0);
  if (selected.length > 0) return selected;
  const known = describeSettings().flatMap(({ path }) => (path === '' ? [] : [path]));
  throw new InvalidSpecError(`no setting begins with "${prefix}"; expected one of ${known.join(', ')}`);
}

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
    .action((prefix: string, options: { markdown?: boolean; json?: boolean }) => {
      const groups = selectSettings(prefix);
      if (options.json) {
        const settings = groups.flatMap((group) => group.settings);
        console.log(JSON.stringify(settings, null, 2));
      } else {
        console.log(options.markdown ? toSettingsPage(groups).trimEnd() : toSettingsText(groups));
      }
    });
}
