import { existsSync } from 'node:fs';
import { openReadonlyDatabase } from '../../db/store/connection.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { ClaimLock } from '../../config/claim-lock.ts';
import { lockPathOf, readLock, writeLock } from '../../experiments/locks/lock-file.ts';
import { renewLock, type RenewedLock } from '../../experiments/locks/renew-lock.ts';
import { countStartedRuns } from '../../launch/claim-lock.ts';
import type { PowerRow } from '../../reports/power/plan-power.ts';
import { readHome } from '../home-option.ts';
import { listDeadGroups } from './claim-groups.ts';
import { tellPower, type PowerOptions } from './claim-power.ts';
import { chooseClaims, settleClaim, type ChosenClaim, type ScaleOption } from './choose-claims.ts';

export interface LockOptions extends ScaleOption, PowerOptions {
  readonly home: string;
  readonly all?: boolean;
  /** Why a lock that has runs is replaced. */
  readonly relock?: string;
  readonly json?: boolean;
}

function countRuns(options: Pick<LockOptions, 'home'>, lock: ClaimLock | null): number {
  const { database } = readHome(options);
  return lock === null || !existsSync(database) ? 0 : countStartedRuns(openReadonlyDatabase(database), lock);
}

async function lockClaim(
  chosen: ChosenClaim,
  options: LockOptions,
): Promise<RenewedLock & { readonly path: string; readonly power: readonly PowerRow[] }> {
  const { claim, fixed } = chosen;
  const path = lockPathOf(claim, options.scale);
  const found = await readLock(path);
  const renewed = renewLock(fixed, {
    found,
    startedRuns: countRuns(options, found),
    reason: options.relock,
    now: new Date().toISOString(),
  });
  for (const line of listDeadGroups(chosen, options)) console.error(`  ${line}`);
  const power = tellPower(chosen, options);
  if (renewed.state !== 'unchanged') await writeLock(path, renewed.lock);
  return { path, ...renewed, power };
}

export async function lockClaims(names: readonly string[], options: LockOptions): Promise<void> {
  if (options.scale === 'tiny')
    throw new InvalidSpecError(
      '--scale: tiny shows that every part works and decides nothing, so it has no lock',
    );
  const claims = await chooseClaims(names, options.all ?? false);
  // All are resolved before the first is written.
  const chosen = claims.map((claim) => settleClaim(claim, { scale: options.scale, set: [] }));
  const locked = [];
  for (const each of chosen) locked.push(await lockClaim(each, options));
  if (options.json) return console.log(JSON.stringify(locked, null, 2));
  for (const { path, state, lock } of locked)
    console.log(`${lock.claim}-${lock.scale}: ${state}, ${lock.sha256.slice(0, 12)}, ${path}`);
}
