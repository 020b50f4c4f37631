import { join } from 'node:path';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { listExperiments } from '../../db/queries/experiments.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { listClaims, resolveClaim } from '../../experiments/load-claims.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import { writeClaimPage } from '../../reports/text/claim-page.ts';
import { summarizeRuns } from '../../reports/text/summarize-runs.ts';
import { collectFinalCounts } from '../../reports/comparison/final-counts.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { sortComparison } from '../../reports/comparison/sort-comparison.ts';
import { tabulateVerdicts, isDecided, type VerdictRow } from '../../reports/verdicts/verdict-table.ts';
import { weighChecks } from '../../reports/verdicts/weigh-checks.ts';
import { DECISION_RULE, describeEffect, describeNeed, describeP } from '../../reports/text/verdict-text.ts';
import { readHome } from '../home-option.ts';
import { chooseClaims, type ScaleOption } from './choose-claims.ts';

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
  const { finals } = collectFinalCounts(input);
  return tabulateVerdicts(input, finals, weighChecks(input, finals));
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
