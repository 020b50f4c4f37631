import { join } from 'node:path';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { listConstraintsOf } from '../../experiments/load-constraints.ts';
import { writeClaimPage } from '../../reports/text/claim-page.ts';
import { summarizeRuns } from '../../reports/text/summarize-runs.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { readHome } from '../home-option.ts';
import type { ScaleOption } from './choose-claims.ts';
import { chooseKnownClaims, listKnownClaims, openHome } from './known-claims.ts';

export async function printClaims(
  options: ScaleOption & { readonly home: string; readonly json?: boolean },
): Promise<void> {
  const claims = await listKnownClaims(openHome(options), options.scale);
  const rows = claims.map(({ hypotheses, ...claim }) => ({ ...claim, hypotheses: hypotheses.length }));
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
  if (names.length === 0 && options.all !== true)
    throw new InvalidSpecError('name a claim, or say --all; `assay claims ls` lists them');
  const db = openReadonlyDatabase(readHome(options).database);
  for (const claim of await chooseKnownClaims(db, names, options.scale)) {
    const { name, fingerprint, command } = claim;
    const facts = {
      command,
      ...summarizeRuns(listRuns(db, fingerprint)),
      literature: await listConstraintsOf(name),
    };
    const paths = await writeClaimPage(loadComparison(db, fingerprint), facts, join(options.output, name));
    for (const path of paths) console.log(path);
  }
}
