import type { FixedByLock } from '../../config/claim-lock.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { looksOf } from '../../experiments/claim.ts';
import { findClaim, listClaims, resolveClaim, type DeclaredClaim } from '../../experiments/load-claims.ts';
import { fixClaim } from '../../experiments/locks/fix-claim.ts';
import type { Overrides } from '../../experiments/resolve/declare-experiment.ts';
import type { ResolvedExperiment } from '../../experiments/resolve/resolve.ts';
import type { ScaleName } from '../../experiments/scales.ts';
import { COMMITTED_CARDS } from '../../experiments/bases/gate-records.ts';
import { hashCards } from '../../experiments/check-bases.ts';
import { hashAnalysis } from '../../worker/sources.ts';

export interface ScaleOption {
  readonly scale: ScaleName;
}

/** The claims that the command line names. @throws {InvalidSpecError} when it names none */
export async function chooseClaims(names: readonly string[], all: boolean): Promise<DeclaredClaim[]> {
  if (all) return listClaims();
  if (names.length === 0)
    throw new InvalidSpecError('name a claim, or say --all; `assay claims ls` lists them');
  return Promise.all(names.map((name) => findClaim(name)));
}

/** A claim at the scale that the command line asks for, and what a lock of it fixes. */
export interface ChosenClaim {
  readonly claim: DeclaredClaim;
  readonly experiment: ResolvedExperiment;
  readonly fixed: FixedByLock;
}

/** @throws {InvalidSpecError} naming every place that is wrong */
export function settleClaim(
  claim: DeclaredClaim,
  { scale, ...overrides }: ScaleOption & Overrides,
): ChosenClaim {
  const experiment = resolveClaim(claim, scale, overrides);
  const making = { analysis: hashAnalysis(), cards: hashCards(experiment, [COMMITTED_CARDS]) };
  const bases = Math.max(...experiment.conditions.map(({ baseSeeds }) => baseSeeds.length));
  const looks = looksOf(claim.declared, scale, bases);
  return { claim, experiment, fixed: fixClaim({ name: claim.name, scale, experiment, looks }, making) };
}
