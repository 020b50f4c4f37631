import type { Command } from 'commander';
import type { CheckedFile, FileProblem } from '../../experiments/resolve/check-parts.ts';
import { jsonOption } from '../home-option.ts';

function formatProblem({ file, line, family, part, claim, found }: FileProblem): string {
  const place = line === null ? file : `${file}:${line}`;
  const subject = part === null ? '' : ` ${family} ${part}:`;
  return `${place}:${subject} ${found}\n  promised: ${claim}`;
}

function printChecked({ file, parts, untried, problems }: CheckedFile): void {
  for (const problem of problems) console.log(formatProblem(problem));
  for (const one of untried) console.log(`not tried: ${one}`);
  const looked = parts.length === 0 ? file : `${file}: ${parts.join(', ')}`;
  console.log(
    problems.length === 0 ? `${looked}: nothing to mend` : `${problems.length} to mend in ${looked}`,
  );
}

async function checkFiles(files: readonly string[], json: boolean): Promise<number> {
  const { checkFile } = await import('../../experiments/resolve/check-parts.ts');
  const checked: CheckedFile[] = [];
  for (const file of files) checked.push(await checkFile(file));
  if (json) console.log(JSON.stringify(checked, null, 2));
  else for (const one of checked) printChecked(one);
  return checked.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

export function addCheckCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('check')
    .description(
      'Check files of parts, or declarations, as a launch would; lists all that is to mend, and computes nothing.',
    )
    .argument('<files...>', 'files that export parts, or that declare an experiment')
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay check parts.ts\n  assay check matrix.yaml --json')
    .action(async (files: string[], { json = false }: { json?: boolean }) =>
      setExitCode(await checkFiles(files, json)),
    );
}
