import type { Command } from 'commander';
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { StoreCheck } from '../../artifacts/check-store.ts';
import { formatBytes } from '../format-bytes.ts';
import { artifactsOption, homeOption, jsonOption, readHome } from '../home-option.ts';

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

interface DbOptions {
  readonly home: string;
  readonly json?: boolean;
}

/** `2026-11-24T16-08-29Z`: sorts by time and is a file name everywhere. */
function timeStamp(): string {
  return new Date()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
}

async function backUp(file: string | undefined, options: DbOptions): Promise<void> {
  const { backUpDatabase } = await import('../../db/store/back-up-database.ts');
  const home = readHome(options);
  const target = resolve(file ?? join(home.directory, 'backups', `assay-${timeStamp()}.db`));
  mkdirSync(dirname(target), { recursive: true });
  const backup = await backUpDatabase(home.database, target);
  if (options.json) return console.log(JSON.stringify(backup, null, 2));
  const { rows, tables } = backup.contents;
  console.log(
    `${backup.file}: ${formatBytes(backup.bytes)}, ${rows} rows in ${tables} tables, every page checked`,
  );
}

async function migrate(options: DbOptions): Promise<void> {
  const { openDatabase, openForInspection } = await import('../../db/store/connection.ts');
  const { countApplied } = await import('../../db/store/migrate-store.ts');
  const { database } = readHome(options);
  const before = openForInspection(database);
  const from = countApplied(before.$client);
  before.$client.close();
  const after = openDatabase(database);
  const to = countApplied(after.$client);
  after.$client.close();
  if (options.json) return console.log(JSON.stringify({ database, from, to }));
  console.log(from === to ? `up to date: ${to} migrations` : `brought from ${from} to ${to} migrations`);
}

function addBackupCommand(db: Command): void {
  db.command('backup')
    .description(
      'Copy the database as it is at this moment into one file, also while a matrix runs, and check the copy. It holds every row and no artifact: base models, checkpoints and evaluations are files under artifacts/, to be copied beside it.',
    )
    .argument(
      '[file]',
      'a new file (default: HOME/backups/assay-TIME.db); one that is there is never overwritten',
    )
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  assay db backup
  assay db backup /mnt/safe/monday.db --json
  rsync -a .assay/artifacts/ /mnt/safe/artifacts/

To restore, put the file in place of HOME/assay.db (remove assay.db-wal and assay.db-shm) beside the copied artifacts,
and run \`assay db check\`. Files of completed runs stay for ever; to copy a matrix that resumes in the middle of its
runs, hold it with \`assay pause\` until both copies are made. It is the same store: let the original and the restored one never run at once.`,
    )
    .action(backUp);
}

function addMigrateCommand(db: Command): void {
  db.command('migrate')
    .description(
      'Bring a database that an older assay wrote up to date; commands that start work do so too, commands that only read never. Refused while another process has it open; a copy is kept until it has succeeded.',
    )
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay db migrate\n  assay db migrate --home results/.assay --json')
    .action(migrate);
}

function addCheckCommand(db: Command, setExitCode: (code: number) => void): void {
  db.command('check')
    .description(
      'Check pages, foreign keys and schema version, and the hash of every recorded file; list missing and orphan files. Changes nothing; exits with 1 on a fault.',
    )
    .addOption(homeOption())
    .addOption(artifactsOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay db check\n  assay db check --json | jq .faults')
    .action(async (options: { home: string; artifacts?: string; json?: boolean }) => {
      const { checkStore } = await import('../../artifacts/check-store.ts');
      const { parseArtifactLocation } = await import('../../artifacts/artifact-location.ts');
      const home = readHome(options);
      const check = await checkStore(home, parseArtifactLocation(options.artifacts, home));
      if (options.json) console.log(JSON.stringify(check, null, 2));
      else printCheck(check);
      setExitCode(check.faults.length === 0 ? 0 : 1);
    });
}

export function addDbCommand(program: Command, setExitCode: (code: number) => void): void {
  const db = program.command('db').description('Look after the database and the files its rows name.');
  addCheckCommand(db, setExitCode);
  addBackupCommand(db);
  addMigrateCommand(db);
}
