import type { Command } from 'commander';
import { jsonOption } from '../home-option.ts';

export function addConstraintsCommand(program: Command): void {
  program
    .command('constraints')
    .description(
      'What the literature says that schemes can do: dated statements, what they depend on, work for and against, the claim that tests each.',
    )
    .argument('[name]', 'one of them, in full')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay constraints\n  assay constraints capability-boundary')
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      const { findConstraint, listConstraints } = await import('../../experiments/load-constraints.ts');
      const { describeConstraint, listStatements } = await import('../../reports/text/literature-text.ts');
      const found = name === undefined ? await listConstraints() : await findConstraint(name);
      if (json) console.log(JSON.stringify(found, null, 2));
      else console.log(Array.isArray(found) ? listStatements(found) : describeConstraint(found));
    });
}
