import { BaseGateError, listBaseFaults } from '../../experiments/check-bases.ts';
import { COMMITTED_CARDS } from '../../experiments/bases/gate-records.ts';
import { openHome } from '../../artifacts/open-home.ts';
import { argumentOf } from '../../experiments/load-claims.ts';
import { lockPathOf, readLock } from '../../experiments/locks/lock-file.ts';
import { planRuns } from '../../experiments/plan-runs.ts';
import { holdToLock, recordLockedLaunch, type LockedLaunch } from '../../launch/claim-lock.ts';
import { launchOf } from '../../launch/complete-matrices.ts';
import { registerMatrix } from '../../launch/register.ts';
import { describeDeviation, fixedBy, listDeviations } from '../../config/claim-lock.ts';
import { describeTest } from '../../reports/text/hypothesis-text.ts';
import { DECISION_RULE, LOOK_RULE } from '../../reports/text/verdict-text.ts';
import { describePower } from '../../reports/power/power-text.ts';
import { readHome } from '../home-option.ts';
import type { RunOptions } from '../matrix/run-options.ts';
import { listDeadGroups } from './claim-groups.ts';
import { firstStage, runStages } from './claim-stages.ts';
import { expectPower, tellPower, type PowerOptions } from './claim-power.ts';
import { chooseClaims, settleClaim, type ChosenClaim, type ScaleOption } from './choose-claims.ts';

export interface RunClaimOptions extends RunOptions, ScaleOption, PowerOptions {
  readonly all?: boolean;
  /** Why claims are launched although they deviate from their locks. */
  readonly deviate?: string;
}

function announce({ claim, experiment, fixed }: ChosenClaim): void {
  console.error(`${experiment.name} (${String(claim.declared['source'])}): ${experiment.question}`);
  if (fixed.looks !== undefined) console.error(`looks after ${fixed.looks.join(', ')} bases: ${LOOK_RULE}`);
  for (const hypothesis of experiment.hypotheses)
    console.error(`  ${hypothesis.claim} (${describeTest(hypothesis)})`);
  for (const [name, { says }] of Object.entries(experiment.checks)) console.error(`  check ${name}: ${says}`);
}

/** What a launch would be held to. */
async function describeLock({ claim, fixed }: ChosenClaim, { scale }: ScaleOption): Promise<string> {
  if (scale === 'tiny') return 'needs no lock';
  const lock = await readLock(lockPathOf(claim, scale));
  if (lock === null)
    return `not locked; \`assay claims lock ${argumentOf(claim)} --scale ${scale}\` comes first`;
  const deviations = listDeviations(fixedBy(lock), fixed).map(describeDeviation);
  const locked = `locked ${lock.sha256.slice(0, 12)} on ${lock.lockedAt}`;
  return [`${locked}, deviations: ${deviations.length === 0 ? 'none' : ''}`, ...deviations].join('\n  ');
}

async function printPlan(chosen: ChosenClaim, options: RunClaimOptions): Promise<void> {
  const { experiment } = chosen;
  const { looks } = chosen.fixed;
  const lock = await describeLock(chosen, options);
  console.log(
    `${experiment.name}: ${planRuns(experiment).length} runs${looks === undefined ? '' : `, looks after ${looks.join(', ')} bases`}, fingerprint ${experiment.id.slice(0, 12)}, ${lock}`,
  );
  if (options.scale === 'tiny') return;
  for (const line of listDeadGroups(chosen, options)) console.log(`  ${line}`);
  for (const row of expectPower(chosen, options)) console.log(`  ${describePower(row)}`);
}

/** @throws {UnlockedClaimError} @throws {LockDeviationError} */
async function holdClaim(chosen: ChosenClaim, options: RunClaimOptions): Promise<LockedLaunch | null> {
  if (options.scale === 'tiny') return null;
  const lock = await readLock(lockPathOf(chosen.claim, options.scale));
  const launch = holdToLock(chosen.fixed, {
    lock,
    deviate: options.deviate,
    argument: argumentOf(chosen.claim),
  });
  for (const line of listDeadGroups(chosen, options)) console.error(`  ${line}`);
  tellPower(chosen, options);
  for (const deviation of launch.deviations)
    console.error(`deviates from its lock: ${describeDeviation(deviation)}`);
  return launch;
}

const TINY_BASES =
  'base models not checked: at scale tiny they are smaller than those that were measured, and what comes out decides nothing';

/** A verdict needs base models that are known to be what the claim means; what only shows that every part works is told. */
function requireBases(chosen: readonly ChosenClaim[], options: RunClaimOptions): void {
  const directories = [readHome(options).cards, COMMITTED_CARDS];
  const faults = new Set(chosen.flatMap(({ experiment }) => listBaseFaults(experiment, directories)));
  if (faults.size === 0) return;
  if (options.scale === 'tiny') return console.error(TINY_BASES);
  if (!options.dryRun) throw new BaseGateError([...faults].join('\n'));
  for (const fault of faults) console.error(`not checked: ${fault}`);
}

export async function runClaims(names: readonly string[], options: RunClaimOptions): Promise<number> {
  // All are resolved, and held to their locks, before the first is launched: a fault in the last costs nothing.
  const claims = await chooseClaims(names, options.all ?? false);
  const chosen = claims.map((claim) => settleClaim(claim, options));
  console.error(`decision rule: ${DECISION_RULE}`);
  chosen.forEach(announce);
  requireBases(chosen, options);
  if (options.dryRun) {
    for (const each of chosen) await printPlan(each, options);
    return 0;
  }
  const launches: (LockedLaunch | null)[] = [];
  for (const each of chosen) launches.push(await holdClaim(each, options));
  const db = openHome(readHome(options));
  const launched = chosen.map(({ experiment }, i) => {
    const launch = launches[i]!;
    const claim = { experiment, lock: launch?.lock ?? null };
    if (launch === null) return claim;
    registerMatrix(db, firstStage(claim), launchOf(options));
    recordLockedLaunch(db, launch);
    return claim;
  });
  const { runMatrices } = await import('../matrix/run-matrices.ts');
  return runStages(db, launched, (experiments) => runMatrices(experiments, options));
}
