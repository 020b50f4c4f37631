import type { FixedByLock } from '../../config/claim-lock.ts';
import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import { DECISION_ALPHA } from '../../stats/significance/decide-hypothesis.ts';
import { recipeIdOf } from '../base-experiment.ts';
import type { ResolvedCondition, ResolvedExperiment } from '../resolve/resolve.ts';
import type { ScaleName } from '../scales.ts';

/** What decides a claim's verdicts and is not in its declaration. */
export interface LockedMaking {
  /** SHA-256 of the sources that decide verdicts. */
  readonly analysis: string;
  /** SHA-256 of a base recipe's card by the recipe's fingerprint; absent: none was made. */
  readonly cards: ReadonlyMap<string, string>;
}

function fixRecipes(
  conditions: readonly ResolvedCondition[],
  cards: LockedMaking['cards'],
): FixedByLock['recipes'] {
  const ids = new Map<string, Set<string>>();
  for (const condition of conditions) {
    const { name } = condition.condition.base;
    ids.set(name, (ids.get(name) ?? new Set()).add(recipeIdOf(condition.condition)));
  }
  const entries = [...ids].flatMap(([name, found]) =>
    [...found].map((id) => {
      // Overridden in some conditions, one name stands for several recipes.
      const key = found.size === 1 ? name : `${name}-${id.slice(0, 12)}`;
      return [key, { fingerprint: id, card: cards.get(id) ?? null }] as const;
    }),
  );
  return Object.fromEntries(entries);
}

const ascending = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

/** Split → problems, the most of any arm. */
function fixProblems(arms: readonly ResolvedCondition[]): Record<string, number> {
  const problems: Record<string, number> = {};
  for (const { condition } of arms)
    for (const [split, count] of Object.entries(condition.evaluation.splits))
      problems[split] = Math.max(problems[split] ?? 0, count);
  return problems;
}

/** Base seeds of all arms. @throws {InvalidSpecError} where a claim with looks has others in one arm than in another */
function fixBases(arms: readonly ResolvedCondition[], looks: readonly number[] | undefined): number[] {
  const bases = ascending(arms.flatMap(({ baseSeeds }) => baseSeeds));
  const other = arms.find(({ baseSeeds }) => baseSeeds.length !== bases.length);
  if (looks === undefined || other === undefined) return bases;
  throw new InvalidSpecError(
    `conditions.${other.name}: has base seeds ${other.baseSeeds.join(' ')} of ${bases.join(' ')}; a claim with looks needs the same ones in every ` +
      'arm, so remove base.seed from the arms, or the looks',
  );
}

/** A claim at a scale. */
interface ClaimToFix {
  readonly name: string;
  readonly scale: ScaleName;
  readonly experiment: ResolvedExperiment;
  /** Undefined: it is decided once all is there. */
  readonly looks?: readonly number[] | undefined;
}

/** What a lock of the claim at that scale fixes. @throws {InvalidSpecError} */
export function fixClaim(claim: ClaimToFix, making: LockedMaking): FixedByLock {
  const { name, scale, experiment, looks } = claim;
  const arms = experiment.conditions.filter(({ condition }) => condition.collect === undefined);
  return {
    version: 1,
    claim: name,
    scale,
    experiment: experiment.id,
    baseline: experiment.baseline,
    hypotheses: experiment.hypotheses.map((hypothesis) => ({ ...hypothesis })),
    checks: { ...experiment.checks },
    conditions: Object.fromEntries(experiment.conditions.map((condition) => [condition.name, condition.id])),
    bases: fixBases(arms, looks),
    ...(looks === undefined ? {} : { looks: [...looks] }),
    seeds: ascending(experiment.seeds),
    problems: fixProblems(arms),
    samplesPerProblem: Math.max(...arms.map(({ condition }) => condition.evaluation.samplesPerProblem)),
    alpha: DECISION_ALPHA,
    analysis: making.analysis,
    recipes: fixRecipes(experiment.conditions, making.cards),
  };
}
