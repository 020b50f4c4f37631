import type { Command } from 'commander';
import type { Collection } from '../worker/collect-garbage.ts';
import { formatBytes } from './format-bytes.ts';
import { artifactsOption, homeOption, jsonOption, readHome } from './home-option.ts';

const REASONS = {
  superseded: 'superseded checkpoints that were released',
  leftover: 'files of killed attempts, past steps and finished base models',
  partial: 'writes that never ended',
  cache: 'caches of other versions of the program',
} as const;

function printCollection({ garbage, bytes, keptFiles, keptBytes }: Collection, isDryRun: boolean): void {
  if (isDryRun) for (const { path, bytes: size } of garbage) console.log(`  ${path}  ${formatBytes(size)}`);
  for (const [why, reason] of Object.entries(REASONS)) {
    const files = garbage.filter((file) => file.why === why);
    const sum = files.reduce((total, file) => total + file.bytes, 0);
    if (files.length > 0) console.log(`${reason}: ${files.length} files, ${formatBytes(sum)}`);
  }
  const did = isDryRun ? 'would free' : 'freed';
  console.log(
    `${did} ${formatBytes(bytes)} (${bytes} bytes) in ${garbage.length} files; kept ${formatBytes(keptBytes)} in ${keptFiles} files`,
  );
}

export function addGcCommand(program: Command): void {
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
      const { collectGarbage } = await import('../worker/collect-garbage.ts');
      const isDryRun = options.dryRun ?? false;
      const home = readHome(options);
      const { parseArtifactLocation } = await import('../worker/artifact-location.ts');
      const artifacts = parseArtifactLocation(options.artifacts, home);
      const collection = await collectGarbage(home, { artifacts, isDryRun, nowMs: Date.now() });
      if (options.json) console.log(JSON.stringify({ isDryRun, ...collection }, null, 2));
      else printCollection(collection, isDryRun);
      if (artifacts.kind === 'objects')
        console.error(
          `objects of s3://${artifacts.bucket} were not looked at: give the bucket a rule for their age`,
        );
    });
}
