import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { listExperiments } from '../../db/queries/experiments.ts';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import { COMPONENTS_FILE } from '../../experiments/locks/lock-file.ts';
import { loadComparison } from '../../reports/comparison/load-comparison.ts';
import { parseComponentCsv, toComponentCsv, type ComponentRow } from '../../reports/power/component-rows.ts';
import { measureComponents, recoverComponents } from '../../reports/power/measure-components.ts';
import { isUnderpowered, planPower, type PowerRow } from '../../reports/power/plan-power.ts';
import { describePower } from '../../reports/power/power-text.ts';
import { toHome } from '../../artifacts/home.ts';
import { chooseClaims, settleClaim, type ChosenClaim, type ScaleOption } from './choose-claims.ts';

/** A claim would run although it can hardly decide: more bases, another effect of interest, or say so. */
export class UnderpoweredClaimError extends Error {
  override readonly name = 'UnderpoweredClaimError';
}

export interface PowerOptions {
  /** Home of a pilot, whose variance components come before the stored ones. */
  readonly pilot?: string;
  /** Go on although the power is below 80 %. */
  readonly underpowered?: boolean;
}

/** Components of the claim's runs in a home, where it has them: of its newest experiment by that name. */
function measureHome({ claim, experiment, fixed }: ChosenClaim, directory: string): ComponentRow[] {
  const { database } = toHome(directory);
  if (!existsSync(database)) throw new InvalidSpecError(`${directory}: there is no store; expected a home`);
  const db = openReadonlyDatabase(database);
  const found = listExperiments(db).find(({ name }) => name === experiment.name);
  if (found === undefined) return [];
  const source = `runs of ${found.id.slice(0, 12)}`;
  return measureComponents(loadComparison(db, found.id), { claim: claim.name, scale: fixed.scale, source });
}

/** The power that each hypothesis of a claim can expect. */
export function expectPower(chosen: ChosenClaim, { pilot }: PowerOptions): PowerRow[] {
  const { claim, experiment, fixed } = chosen;
  const stored = parseComponentCsv(readFileSync(COMPONENTS_FILE, 'utf8'));
  const rows = pilot === undefined ? stored : [...measureHome(chosen, pilot), ...stored];
  const { scale, bases, seeds, problems } = fixed;
  const { hypotheses } = experiment;
  const plan = { claim: claim.name, scale, hypotheses, problems };
  return planPower({ ...plan, bases: bases.length, seedsPerBase: seeds.length }, rows);
}

/**
 * Says what power each hypothesis can expect.
 *
 * @throws {UnderpoweredClaimError} when some cannot reach 80 %, unless that is asked for
 */
export function tellPower(chosen: ChosenClaim, options: PowerOptions): PowerRow[] {
  const rows = expectPower(chosen, options);
  for (const row of rows) console.error(`  ${describePower(row)}`);
  const short = rows.filter(isUnderpowered);
  if (short.length > 0 && options.underpowered !== true)
    throw new UnderpoweredClaimError(
      `${chosen.experiment.name}: hypotheses ${short.map(({ number }) => number).join(', ')} cannot reach 80 % power ` +
        `with ${chosen.fixed.bases.length} bases; give the claim more bases, problems or samples, or go on with --underpowered`,
    );
  return rows;
}

/** Components of committed results, or of the runs in a home, as the table that `experiments/locks` keeps. */
export async function printComponents(
  names: readonly string[],
  options: ScaleOption & { readonly home: string; readonly results?: string },
): Promise<void> {
  const claims = await chooseClaims(names, names.length === 0);
  const { results, scale, home } = options;
  const rows = claims.flatMap((claim): ComponentRow[] => {
    if (results === undefined) return measureHome(settleClaim(claim, { scale, set: [] }), home);
    const path = join(results, claim.name, 'verdicts.csv');
    if (!existsSync(path)) return [];
    const place = { claim: claim.name, scale, source: `verdicts of docs/results/${claim.name}` };
    return recoverComponents(readFileSync(path, 'utf8'), place);
  });
  process.stdout.write(toComponentCsv(rows));
}
