import type { Command } from 'commander';
import type { ImportRecord, ImportRun } from '../../db/queries/imports.ts';
import type { Database } from '../../db/store/connection.ts';
import type { ImportResult } from '../imports/import-source.ts';
import { countNoun } from '../../reports/text/count-noun.ts';
import { formatBytes } from '../format-bytes.ts';
import { homeOption, jsonOption, readHome } from '../home-option.ts';
import { parseField } from '../parse-options.ts';

interface ListOptions {
  readonly home: string;
  readonly json?: boolean;
}

interface ImportOptions extends ListOptions {
  readonly name?: string;
  readonly scorer?: string;
  readonly field?: Readonly<Record<string, string>>;
}

const SHOWN_ID = 12;

function describeArms(runs: readonly ImportRun[]): string {
  const arms = new Set(runs.map(({ arm }) => arm)).size;
  return runs.length === arms ? countNoun(arms, 'arm') : `${countNoun(arms, 'arm')} (${runs.length} runs)`;
}

function readScorer({ header }: ImportRecord): string | null {
  return (JSON.parse(header) as { readonly scorer: string | null }).scorer;
}

/** `2 arms, 198 problems, 594 samples (3 failed), inspect .eval, score match`. */
function summarize(record: ImportRecord, runs: readonly ImportRun[]): string {
  const failed = record.failures === 0 ? '' : ` (${record.failures} failed)`;
  const scorer = readScorer(record);
  return [
    describeArms(runs),
    countNoun(record.problems, 'problem'),
    countNoun(record.samples, 'sample') + failed,
    record.format,
    ...(scorer === null ? [] : [`score ${scorer}`]),
  ].join(', ');
}

function toDocument(record: ImportRecord, runs: readonly ImportRun[]): object {
  return { ...record, header: JSON.parse(record.header) as unknown, runs };
}

function printResult({ record, isNew }: ImportResult, runs: readonly ImportRun[]): void {
  const { name, notices, createdAt } = record;
  if (!isNew) {
    console.log(`${name} has this content, read in this way, since ${createdAt}; nothing was imported`);
    return;
  }
  console.log(`imported ${name}: ${summarize(record, runs)}`);
  for (const notice of notices) console.log(`  ${notice}`);
}

async function importSources(
  db: Database,
  sources: readonly string[],
  options: ImportOptions,
): Promise<void> {
  const { importSource } = await import('../imports/import-source.ts');
  const { createProgress } = await import('../imports/import-progress.ts');
  const { listImportRuns } = await import('../../db/queries/imports.ts');
  const { name = null, scorer = null, field: fields = {} } = options;
  const documents: object[] = [];
  for (const source of sources) {
    const onProgress = createProgress(source);
    const result = await importSource(db, { source, name, options: { scorer, fields }, onProgress });
    const runs = listImportRuns(db, result.record.id);
    if (options.json) documents.push({ ...toDocument(result.record, runs), isNew: result.isNew });
    else printResult(result, runs);
  }
  if (options.json) console.log(JSON.stringify({ imports: documents }, null, 2));
}

function addListCommand(command: Command): void {
  command
    .command('ls')
    .description('List what was imported.')
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  assay import ls --json | jq -r ".imports[].name"')
    .action(async (options: ListOptions) => {
      const { openReadonlyDatabase } = await import('../../db/store/connection.ts');
      const { listImportRuns, listImports } = await import('../../db/queries/imports.ts');
      const db = openReadonlyDatabase(readHome(options).database);
      const listed = listImports(db).map((record) => ({ record, runs: listImportRuns(db, record.id) }));
      if (options.json) {
        const documents = listed.map(({ record, runs }) => toDocument(record, runs));
        console.log(JSON.stringify({ imports: documents }, null, 2));
        return;
      }
      const width = Math.max(0, ...listed.map(({ record: { name } }) => name.length));
      for (const { record, runs } of listed)
        console.log(
          `${record.name.padEnd(width)}  ${record.id.slice(0, SHOWN_ID)}  ${summarize(record, runs)}, ` +
            `${formatBytes(record.bytes)} of ${record.source}`,
        );
      if (listed.length === 0) console.error('nothing was imported yet: assay import FILE');
    });
}

function addRemoveCommand(command: Command): void {
  command
    .command('rm')
    .description('Remove imports with all that was read of them; the files themselves stay.')
    .argument('<import...>', 'names, or ids as `assay import ls` prints them')
    .addOption(homeOption())
    .addHelpText('after', '\nExample:\n  assay import rm grpo grpo-2')
    .action(async (names: string[], options: ListOptions) => {
      const { openReadonlyDatabase, openDatabase } = await import('../../db/store/connection.ts');
      const { deleteImport, requireImport } = await import('../../db/queries/imports.ts');
      const { database } = readHome(options);
      // Fails where there is no store, instead of making one.
      openReadonlyDatabase(database).$client.close();
      const db = openDatabase(database);
      const records = names.map((name) => requireImport(db, name));
      for (const { id, name } of records) {
        deleteImport(db, id);
        console.log(`removed ${name}`);
      }
    });
}

export function addImportCommand(program: Command): void {
  const command = program
    .command('import')
    .description(
      'Read results that other tools wrote, to compare them: logs of evaluations and of training, recognised by what they hold.',
    )
    // Options after `ls` and `rm` are theirs.
    .enablePositionalOptions()
    .argument('<source...>', 'files, each an import, or folders, each with all its files one import')
    .option('--name <name>', 'what to call it (default: after the source)')
    .option('--scorer <name>', 'which score to read, where a sample has several (default: the first)')
    .option(
      '--field <field=column>',
      'plain JSONL and CSV: the column that holds a field; may be repeated',
      parseField,
    )
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
Examples:
  assay import logs/2026-11-30T12-00-00_gsm8k.eval --scorer match
  assay import trainer_output/completions --name grpo
  assay import results.csv --field problem=question_id --field correct=is_right
  assay import ls
  assay import rm grpo

Fields of plain JSONL (an object in each line) and CSV (parted by , or ; or tabs): problem or prompt; correct (true, false, 1, 0,
yes, no, correct, incorrect) or score (a number); and, where they are there, arm, seed, split, sample, target, cluster,
answer, completion, confidence (0 to 1), tokens and error. A sample without a score failed, and is no zero.
Files may be compressed with gzip or zstd. Importing the same content again changes nothing. A file called ls or rm is ./ls.`,
    )
    .action(async (sources: string[], options: ImportOptions) => {
      if (options.name !== undefined && sources.length > 1)
        command.error(`error: --name is for one source, found ${sources.length}`);
      const { openDatabase } = await import('../../db/store/connection.ts');
      await importSources(openDatabase(readHome(options).database), sources, options);
    });
  addListCommand(command);
  addRemoveCommand(command);
}
