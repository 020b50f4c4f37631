import type { Command } from 'commander';
import type { Collection } from '../../artifacts/collect-garbage.ts';
import { formatBytes } from '../format-bytes.ts';
import { artifactsOption, homeOption, jsonOption, readHome } from '../home-option.ts';

const REASONS = {
  superseded: 'superseded checkpoints that were released',
  leftover: 'files of killed attempts, past steps and finished base models',
  unknown: 'files of runs that the database does not know, a week old or more',
  partial: 'writes that never ended',
  cache: 'caches of other versions of the program',
} as const;

function printCollection(collection: Collection, isDryRun: boolean): void {
  const { garbage, left, bytes, keptFiles, keptBytes } = collection;
  if (isDryRun) for (const { path, bytes: size } of garbage) console.log(`  ${path}  ${formatBytes(size)}`);
  for (const [why, reason] of Object.entries(REASONS)) {
    const files = garbage.filter((file) => file.why === why);
    const sum = files.reduce((total, file) => total + file.bytes, 0);
    if (files.length > 0) console.log(`${reason}: ${files.length} files, ${formatBytes(sum)}`);
  }
  const did = isDryRun ? 'would free' : 'freed';
  const count = garbage.length - left.length;
  console.log(
    `${did} ${formatBytes(bytes)} (${bytes} bytes) in ${count} files; kept ${formatBytes(keptBytes)} in ${keptFiles} files`,
  );
}

export function addGcCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('gc')
    .description(
      'Remove files that no report, no resumed run, no reuse of runs and no base model needs. May run beside a matrix.',
    )
    .option('--dry-run', 'list what would be removed, and remove nothing')
    .addOption(homeOption())
    .addOption(artifactsOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay gc --dry-run\n  assay gc --json | jq .bytes')
    .action(async (options: { home: string; artifacts?: string; dryRun?: boolean; json?: boolean }) => {
      const { collectGarbage } = await import('../../artifacts/collect-garbage.ts');
      const isDryRun = options.dryRun ?? false;
      const home = readHome(options);
      const { parseArtifactLocation } = await import('../../artifacts/artifact-location.ts');
      const artifacts = parseArtifactLocation(options.artifacts, home);
      const collection = await collectGarbage(home, { artifacts, isDryRun, nowMs: Date.now() });
      if (options.json) console.log(JSON.stringify({ isDryRun, ...collection }, null, 2));
      else printCollection(collection, isDryRun);
      const [first] = collection.left;
      if (first === undefined) return;
      console.error(
        `${collection.left.length} files could not be removed, the first ${first.path}: ${first.reason}. ` +
          'Give this user the right to delete them and run `assay gc` again',
      );
      setExitCode(1);
    });
}
