import { join } from 'node:path';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { listExperiments } from '../../db/queries/experiments.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { findClaim, listClaims, resolveClaim, type DeclaredClaim } from '../../experiments/load-claims.ts';
import { BaseGateError, listBaseFaults } from '../../experiments/check-bases.ts';
import { COMMITTED_CARDS } from '../../experiments/bases/gate-records.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import type { ScaleName } from '../../experiments/scales.ts';
import { writeClaimPage } from '../../reports/text/claim-page.ts';
import { summarizeRuns } from '../../reports/text/summarize-runs.ts';
import { collectFinalCounts } from '../../reports/comparison/final-counts.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { sortComparison } from '../../reports/comparison/sort-comparison.ts';
import { tabulateVerdicts, isDecided, type VerdictRow } from '../../reports/verdicts/verdict-table.ts';
import {
  DECISION_RULE,
  describeEffect,
  describeNeed,
  describeP,
  describeTest,
} from '../../reports/text/verdict-text.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { readHome } from '../home-option.ts';
import type { RunOptions } from '../matrix/run-options.ts';

export interface ScaleOption {
  readonly scale: ScaleName;
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

/** A verdict needs base models that are known to be what the claim means; what only shows that every part works is told. */
function requireBases(
  experiments: readonly ResolvedExperiment[],
  { home, scale, dryRun = false }: RunOptions & ScaleOption,
): void {
  const directories = [readHome({ home }).cards, COMMITTED_CARDS];
  const faults = experiments.flatMap((experiment) => listBaseFaults(experiment, directories));
  if (faults.length === 0) return;
  if (scale !== 'tiny' && !dryRun) throw new BaseGateError([...new Set(faults)].join('\n'));
  for (const fault of new Set(faults)) console.error(`not checked: ${fault}`);
}

export async function runClaims(
  names: readonly string[],
  options: RunOptions & ScaleOption & { readonly all?: boolean },
): Promise<number> {
  // All are resolved before the first is launched, so that a fault in the last costs nothing.
  const claims = await chooseClaims(names, options.all ?? false);
  const resolved = claims.map((claim) => ({ claim, experiment: resolveClaim(claim, options.scale) }));
  for (const { claim, experiment } of resolved) announce(claim, experiment);
  const experiments = resolved.map(({ experiment }) => experiment);
  requireBases(experiments, options);
  if (!options.dryRun) return (await import('../matrix/run-matrices.ts')).runMatrices(experiments, options);
  for (const experiment of experiments)
    console.log(
      `${experiment.name}: ${planRuns(experiment).length} runs, fingerprint ${experiment.id.slice(0, 12)}`,
    );
  return 0;
}

export async function printClaims(options: ScaleOption & { readonly json?: boolean }): Promise<void> {
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
  if (!isDecided(row)) return `${row.verdict.padEnd(13)} ${claim} ${row.reason}`;
  const need = describeNeed(row);
  return `${row.verdict.padEnd(13)} ${claim} ${describeEffect(row)}, Holm p ${describeP(row)}${need === '' ? '' : `; ${need}`}`;
}

function decide(db: Database, experimentId: string): readonly VerdictRow[] {
  const input = sortComparison(loadComparison(db, experimentId));
  return tabulateVerdicts(input, collectFinalCounts(input).finals);
}

export async function printVerdicts(
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

export async function writePages(
  names: readonly string[],
  options: ScaleOption & { readonly home: string; readonly output: string; readonly all?: boolean },
): Promise<void> {
  const db = openReadonlyDatabase(readHome(options).database);
  const claims = await chooseClaims(names, options.all ?? false);
  for (const claim of claims) {
    const { id } = resolveClaim(claim, options.scale);
    const facts = {
      command: `assay claims run ${claim.name} --scale ${options.scale}`,
      ...summarizeRuns(listRuns(db, id)),
    };
    const paths = await writeClaimPage(loadComparison(db, id), facts, join(options.output, claim.name));
    for (const path of paths) console.log(path);
  }
}
