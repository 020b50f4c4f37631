import type { Command } from 'commander';
import type { StoreCheck } from '../worker/check-store.ts';
import { formatBytes } from './format-bytes.ts';
import { artifactsOption, homeOption, jsonOption, readHome } from './home-option.ts';

/** Files named at most, so that a damaged disk does not scroll away what was found first. */
const SHOWN_FILES = 20;

function printFiles(
  title: string,
  files: readonly { readonly path: string; readonly bytes: number }[],
): void {
  if (files.length === 0) return;
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  console.log(`${title}: ${files.length}, ${formatBytes(bytes)}`);
  for (const file of files.slice(0, SHOWN_FILES)) console.log(`  artifacts/${file.path}`);
  if (files.length > SHOWN_FILES)
    console.log(`  … and ${files.length - SHOWN_FILES} more; --json lists them`);
}

function printCheck(check: StoreCheck): void {
  const { storeId, database, artifacts, unrecorded, faults } = check;
  if (storeId !== null) console.log(`store: ${storeId}`);
  if (database !== null) {
    const { appliedMigrations, knownMigrations, rows, tables } = database;
    console.log(
      `database: ${appliedMigrations} of ${knownMigrations} migrations, ${rows} rows in ${tables} tables`,
    );
  }
  console.log(`recorded files: ${artifacts.files}, ${formatBytes(artifacts.bytes)}`);
  if (unrecorded === null) console.log('other files: not listed');
  else {
    const { needed, orphans, foreign } = unrecorded;
    console.log(`files that runs may still need: ${needed.files}, ${formatBytes(needed.bytes)}`);
    printFiles('orphan files, which `assay gc` removes', orphans);
    printFiles('files that no assay wrote', foreign);
  }
  for (const { kind, where, found, mend } of faults)
    console.log(`✗ ${kind}  ${where}: ${found}\n    mend: ${mend}`);
  console.log(
    faults.length === 0 ? '✓ whole' : `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}`,
  );
}

export function addDbCommand(program: Command, setExitCode: (code: number) => void): void {
  const db = program.command('db').description('Look after the database and the files its rows name.');
  db.command('check')
    .description(
      'Check pages, foreign keys and schema version, and the hash of every recorded file; list missing and orphan files. Changes nothing; exits with 1 on a fault.',
    )
    .addOption(homeOption())
    .addOption(artifactsOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay db check\n  assay db check --json | jq .faults')
    .action(async (options: { home: string; artifacts?: string; json?: boolean }) => {
      const { checkStore } = await import('../worker/check-store.ts');
      const { parseArtifactLocation } = await import('../worker/artifact-location.ts');
      const home = readHome(options);
      const check = await checkStore(home, parseArtifactLocation(options.artifacts, home));
      if (options.json) console.log(JSON.stringify(check, null, 2));
      else printCheck(check);
      setExitCode(check.faults.length === 0 ? 0 : 1);
    });
}
