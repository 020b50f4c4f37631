import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { listExperiments } from '../../db/queries/experiments.ts';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import type { ImportedArm } from '../../reports/imports/imported-arm.ts';
import type { Home } from '../../artifacts/home.ts';
import { openHome } from '../../artifacts/open-home.ts';
import { describeFloor, measureFloor } from '../../reports/imports/noise-document.ts';
import { describePlan, planFromPilot } from '../../reports/imports/plan-from-pilot.ts';
import { compareExperiment } from '../claims/print-verdicts.ts';
import { readHome } from '../home-option.ts';
import { chooseArms, isImportable } from './choose-arms.ts';
import { compareArms } from './compare-arms.ts';
import type { CompareOptions } from './compare-options.ts';
import { createProgress } from './import-progress.ts';
import { importSource } from './import-source.ts';
import { loadChosen } from './load-comparison.ts';

/** An experiment is meant where one name is given that is neither a file nor an import. */
function namesExperiment(what: readonly string[], { database }: Home): boolean {
  if (what.length > 1) return false;
  const db = existsSync(database) ? openReadonlyDatabase(database) : null;
  return what.length === 0 || !isImportable(db, what[0]!);
}

function assertHasExperiment({ database }: Home): void {
  if (existsSync(database) && listExperiments(openReadonlyDatabase(database)).length > 0) return;
  throw new InvalidSpecError(
    'nothing was named, and this store has no experiment; name two files, such as assay compare before.eval after.eval',
  );
}

/** Compares what is named; returns the exit code. */
export async function compare(what: readonly string[], options: CompareOptions): Promise<number> {
  if (options.same === true && options.plan === true)
    throw new InvalidSpecError('--same and --plan ask two things of the same files; give one');
  const home = readHome(options);
  if (namesExperiment(what, home)) {
    if (what.length === 0) assertHasExperiment(home);
    return compareExperiment(what[0], options);
  }
  // Else Node lets the heap grow to four times what is in use, which for a million samples is more than 1 GB.
  setFlagsFromString('--heap-growing-percent=60');
  const db = openHome(home);
  const { scorer = null, field: fields = {} } = options;
  const chosen = await chooseArms(db, what, async (source) => {
    const onProgress = createProgress(source);
    const read = { source, name: null, options: { scorer, fields }, onProgress };
    return (await importSource(db, read)).record;
  });
  if (options.same !== true && options.plan !== true) return compareArms(db, { chosen, home }, options);
  const { arms } = await loadChosen(db, chosen, options);
  if (options.same === true) printFloor(arms, options);
  else printPlan(arms, options);
  return 0;
}

function printFloor(arms: readonly ImportedArm[], { json }: CompareOptions): void {
  const { floor, notices } = measureFloor(arms);
  for (const notice of notices) console.error(notice);
  console.log(json === true ? JSON.stringify(floor, null, 2) : describeFloor(floor).join('\n'));
}

function printPlan(arms: readonly ImportedArm[], { json, effect, power }: CompareOptions): void {
  const plan = planFromPilot(arms, { effect, power });
  console.log(json === true ? JSON.stringify(plan, null, 2) : describePlan(plan).join('\n'));
}
