import { join } from 'node:path';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { listClaims, resolveClaim } from '../../experiments/load-claims.ts';
import { listConstraintsOf } from '../../experiments/load-constraints.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import { writeClaimPage } from '../../reports/text/claim-page.ts';
import { summarizeRuns } from '../../reports/text/summarize-runs.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
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
      literature: await listConstraintsOf(claim.name),
    };
    const paths = await writeClaimPage(loadComparison(db, id), facts, join(options.output, claim.name));
    for (const path of paths) console.log(path);
  }
}
