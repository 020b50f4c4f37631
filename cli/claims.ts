import { Option, type Command } from 'commander';
import { join } from 'node:path';
import { openReadonlyDatabase, type Database } from '../db/connection.ts';
import { listExperiments } from '../db/experiments.ts';
import { listRuns } from '../db/runs.ts';
import { parseScale } from '../experiments/claim.ts';
import { findClaim, listClaims, resolveClaim, type DeclaredClaim } from '../experiments/load-claims.ts';
import { planRuns } from '../experiments/register.ts';
import type { ResolvedExperiment } from '../experiments/resolve.ts';
import { scaleNames, type ScaleName } from '../experiments/scales.ts';
import { writeClaimPage } from '../reports/claim-page.ts';
import { collectFinalCounts } from '../reports/final-counts.ts';
import { loadComparison } from '../reports/load-comparison.ts';
import { sortComparison } from '../reports/sort-comparison.ts';
import { tabulateVerdicts, type VerdictRow } from '../reports/verdict-table.ts';
import {
  DECISION_RULE,
  describeEffect,
  describeNeed,
  describeP,
  describeTest,
} from '../reports/verdict-text.ts';
import { InvalidSpecError } from '../spec/invalid-spec-error.ts';
import { homeOption, jsonOption, readHome } from './home-option.ts';
import { addRunOptions, runMatrices, type RunOptions } from './run.ts';

interface ScaleOption {
  readonly scale: ScaleName;
}

function scaleOption(): Option {
  return new Option('--scale <name>', `how large: ${scaleNames.join(', ')}`)
    .argParser(parseScale)
    .default('small');
}

function announce(claim: DeclaredClaim, experiment: ResolvedExperiment): void {
  console.error(`${experiment.name} (${String(claim.declared['source'])}): ${experiment.question}`);
  console.error(`decision rule: ${DECISION_RULE}`);
  for (const hypothesis of experiment.hypotheses)
    console.error(`  ${hypothesis.claim} (${describeTest(hypothesis)})`);
}

async function chooseClaims(names: readonly string[], all: boolean): Promise<DeclaredClaim[]> {
  if (all) return listClaims();
  if (names.length === 0)
    throw new InvalidSpecError('name a claim, or say --all; `assay claims ls` lists them');
  return Promise.all(names.map((name) => findClaim(name)));
}

async function runClaims(
  names: readonly string[],
  options: RunOptions & ScaleOption & { readonly all?: boolean },
): Promise<number> {
  // All are resolved before the first is launched, so that a fault in the last costs nothing.
  const claims = await chooseClaims(names, options.all ?? false);
  const resolved = claims.map((claim) => ({ claim, experiment: resolveClaim(claim, options.scale) }));
  for (const { claim, experiment } of resolved) announce(claim, experiment);
  const experiments = resolved.map(({ experiment }) => experiment);
  if (!options.dryRun) return runMatrices(experiments, options);
  for (const experiment of experiments)
    console.log(
      `${experiment.name}: ${planRuns(experiment).length} runs, fingerprint ${experiment.id.slice(0, 12)}`,
    );
  return 0;
}

async function printClaims(options: ScaleOption & { readonly json?: boolean }): Promise<void> {
  const rows = (await listClaims()).map((claim) => {
    const experiment = resolveClaim(claim, options.scale);
    return {
      name: claim.name,
      question: experiment.question,
      source: experiment.source,
      hypotheses: experiment.hypotheses.length,
      conditions: experiment.conditions.length,
      runs: planRuns(experiment).length,
      fingerprint: experiment.id,
    };
  });
  if (options.json) return console.log(JSON.stringify(rows, null, 2));
  for (const row of rows) {
    console.log(`${row.name}  ${row.fingerprint.slice(0, 12)}  ${row.source}`);
    console.log(
      `  ${row.question} (${row.hypotheses} hypotheses, ${row.conditions} conditions, ${row.runs} runs)`,
    );
  }
}

function describeVerdict(row: VerdictRow): string {
  const { claim } = row.hypothesis;
  if (row.verdict === 'undecided') return `undecided     ${claim} ${row.reason}`;
  const need = describeNeed(row);
  return `${row.verdict.padEnd(13)} ${claim} ${describeEffect(row)}, Holm p ${describeP(row)}${need === '' ? '' : `; ${need}`}`;
}

function decide(db: Database, experimentId: string): readonly VerdictRow[] {
  const input = sortComparison(loadComparison(db, experimentId));
  return tabulateVerdicts(input, collectFinalCounts(input).finals);
}

async function printVerdicts(
  names: readonly string[],
  options: ScaleOption & { readonly home: string; readonly json?: boolean },
): Promise<void> {
  const db = openReadonlyDatabase(readHome(options).database);
  const claims = await chooseClaims(names, names.length === 0);
  const known = new Set(listExperiments(db).map(({ id }) => id));
  const verdicts = claims.map((claim) => {
    const { id, name } = resolveClaim(claim, options.scale);
    return { name, verdicts: known.has(id) ? decide(db, id) : null };
  });
  if (options.json) return console.log(JSON.stringify(verdicts, null, 2));
  console.log(`decision rule: ${DECISION_RULE}`);
  for (const { name, verdicts: rows } of verdicts) {
    console.log(rows === null ? `${name}: not run here` : name);
    for (const row of rows ?? []) console.log(`  ${describeVerdict(row)}`);
  }
}

/** Seconds during which at least one of the runs was under way. */
function measureWall(db: Database, experimentId: string): number {
  const spans = listRuns(db, experimentId)
    .flatMap(({ startedAt, finishedAt }) =>
      startedAt === null || finishedAt === null ? [] : [[Date.parse(startedAt), Date.parse(finishedAt)]],
    )
    .sort(([a], [b]) => a! - b!) as [number, number][];
  let total = 0;
  let until = -Infinity;
  for (const [begin, end] of spans) {
    total += Math.max(0, end - Math.max(begin, until));
    until = Math.max(until, end);
  }
  return total / 1000;
}

async function writePages(
  names: readonly string[],
  options: ScaleOption & { readonly home: string; readonly output: string; readonly all?: boolean },
): Promise<void> {
  const db = openReadonlyDatabase(readHome(options).database);
  const claims = await chooseClaims(names, options.all ?? false);
  for (const claim of claims) {
    const { id } = resolveClaim(claim, options.scale);
    const facts = {
      command: `assay claims run ${claim.name} --scale ${options.scale}`,
      wallSeconds: measureWall(db, id),
      reusedRuns: listRuns(db, id).filter(({ reusedRunId }) => reusedRunId !== null).length,
    };
    const paths = await writeClaimPage(loadComparison(db, id), facts, join(options.output, claim.name));
    for (const path of paths) console.log(path);
  }
}

export function addClaimsCommand(program: Command, setExitCode: (code: number) => void): void {
  const claims = program
    .command('claims')
    .description(
      'Claims of papers as experiments that decide themselves: supported, contradicted or inconclusive.',
    );
  claims
    .command('ls')
    .description('List the claims that can be run.')
    .addOption(scaleOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay claims ls\n  assay claims ls --scale full --json')
    .action((options: ScaleOption & { json?: boolean }) => printClaims(options));
  addRunOptions(claims.command('run'))
    .description('Run claims one after the other, or resume them; finished runs are never repeated.')
    .argument('[names...]', 'claims by name, or files that declare one')
    .addOption(scaleOption())
    .option('--all', 'every claim')
    .option('--dry-run', 'print hypotheses and the number of runs, and compute nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  assay claims run negative-reinforcement\n  assay claims run --all --scale tiny\n  assay claims run my-claim.yaml --dry-run',
    )
    .action(async (names: string[], options: RunOptions & ScaleOption & { all?: boolean }) => {
      setExitCode(await runClaims(names, options));
    });
  claims
    .command('verdicts')
    .description('Print what is decided so far, from what is stored.')
    .argument('[names...]', 'claims by name; all when left out')
    .addOption(scaleOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText('after', '\nExamples:\n  assay claims verdicts\n  assay claims verdicts one-shot --json')
    .action((names: string[], options: ScaleOption & { home: string; json?: boolean }) =>
      printVerdicts(names, options),
    );
  claims
    .command('page')
    .description('Write a claim’s result as docs/results keeps it: a page, its tables and figures.')
    .argument('[names...]', 'claims by name')
    .requiredOption('-o, --output <dir>', 'directory that gets one folder per claim')
    .option('--all', 'every claim')
    .addOption(scaleOption())
    .addOption(homeOption())
    .addHelpText('after', '\nExample:\n  assay claims page one-shot --output docs/results')
    .action((names: string[], options: Parameters<typeof writePages>[1]) => writePages(names, options));
}
