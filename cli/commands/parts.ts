import type { Command } from 'commander';
import { jsonOption } from '../home-option.ts';

export function addPartsCommand(program: Command): void {
  program
    .command('parts')
    .description('List what schemes are made of: every part with its options, and what it reads.')
    .argument('[word]', 'only parts whose family, name or description holds this', '')
    .option('--markdown', 'print the page docs/parts.md')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay parts\n  assay parts entropy\n  assay parts credit --json')
    .action(async (word: string, options: { markdown?: boolean; json?: boolean }) => {
      const { describeParts } = await import('../../schemes/describe-parts.ts');
      const { toPartsPage, toPartsText } = await import('../../schemes/parts-page.ts');
      if (options.markdown) {
        console.log(toPartsPage().trimEnd());
        return;
      }
      const parts = describeParts().filter((part) =>
        [part.kind, part.list, part.name, part.description].some((text) => text?.includes(word)),
      );
      if (options.json) console.log(JSON.stringify(parts, null, 2));
      else if (parts.length === 0) console.error(`no part holds "${word}"; \`assay parts\` lists them all`);
      else console.log(toPartsText(parts));
    });
}
