import { join } from 'node:path';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { openReadonlyDatabase, type Database } from '../../db/store/connection.ts';
import { listExperiments } from '../../db/queries/experiments.ts';
import { listRuns } from '../../db/queries/runs.ts';
import { listConstraintsOf } from '../../experiments/load-constraints.ts';
import { scaleNames } from '../../experiments/scales.ts';
import { writeClaimPage } from '../../reports/text/claim-page.ts';
import { countNoun } from '../../reports/text/count-noun.ts';
import { summarizeRuns } from '../../reports/text/summarize-runs.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { readHome } from '../home-option.ts';
import type { ScaleOption } from './choose-claims.ts';
import { chooseKnownClaims, listKnownClaims, openHome, type KnownClaim } from './known-claims.ts';

const countHypotheses = (count: number): string => `${count} ${count === 1 ? 'hypothesis' : 'hypotheses'}`;

export async function printClaims(
  options: ScaleOption & { readonly home: string; readonly json?: boolean },
): Promise<void> {
  const claims = await listKnownClaims(openHome(options), options.scale);
  const rows = claims.map(({ hypotheses, ...claim }) => ({ ...claim, hypotheses: hypotheses.length }));
  if (options.json) return console.log(JSON.stringify(rows, null, 2));
  for (const row of rows) {
    console.log(`${row.name}  ${row.fingerprint.slice(0, 12)}  ${row.source}`);
    console.log(
      `  ${row.question} (${countHypotheses(row.hypotheses)}, ${countNoun(row.conditions, 'condition')}, ${countNoun(row.runs, 'run')})`,
    );
  }
}

/** A claim that was not run here at this scale, and where it was. */
async function describeUnrun(
  db: Database,
  { name, command }: KnownClaim,
  { scale, stored }: ScaleOption & { readonly stored: ReadonlySet<string> },
): Promise<string> {
  const others = scaleNames.filter((other) => other !== scale);
  const known = await Promise.all(others.map((other) => chooseKnownClaims(db, [name], other)));
  const run = others.filter((_, i) => stored.has(known[i]![0]!.fingerprint));
  const elsewhere = run.map((other) => `; it was run at --scale ${other}`);
  return `${name} was not run at scale ${scale} in this home: \`${command}\` runs it${elsewhere.join('')}`;
}

/** @throws {InvalidSpecError} when none is named, or one that was not run here */
export async function writePages(
  names: readonly string[],
  options: ScaleOption & { readonly home: string; readonly output: string; readonly all?: boolean },
): Promise<void> {
  if (names.length === 0 && options.all !== true)
    throw new InvalidSpecError('name a claim, or say --all; `assay claims ls` lists them');
  const db = openReadonlyDatabase(readHome(options).database);
  const claims = await chooseKnownClaims(db, names, options.scale);
  const stored = new Set(listExperiments(db).map(({ id }) => id));
  const isRun = ({ fingerprint }: KnownClaim): boolean => stored.has(fingerprint);
  const { scale } = options;
  const missing = claims.filter((claim) => !isRun(claim));
  const unrun = await Promise.all(missing.map((claim) => describeUnrun(db, claim, { scale, stored })));
  if (unrun.length > 0 && names.length > 0) throw new InvalidSpecError(unrun.join('\n'));
  for (const line of unrun) console.error(line);
  for (const claim of claims.filter(isRun)) {
    const { name, fingerprint, command } = claim;
    const facts = {
      command,
      ...summarizeRuns(listRuns(db, fingerprint)),
      literature: await listConstraintsOf(name),
    };
    const { answer, page } = await writeClaimPage(
      loadComparison(db, fingerprint),
      facts,
      join(options.output, name),
    );
    for (const line of answer) console.log(line);
    console.log(`Page: ${page}`);
  }
}
