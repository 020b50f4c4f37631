import { CARD_SEEDS, type GateRecord } from '../config/card-gate.ts';
import { declareCheckExperiment, recipeIdOf } from './base-experiment.ts';
import { declaredBases } from './bases/index.ts';
import { findGateRecord } from './bases/gate-records.ts';
import type { ResolvedExperiment } from './resolve/resolve.ts';

/** A claim would run on a base model that is not known to be what the claim needs: measure its card, or change the recipe. */
export class BaseGateError extends Error {
  override readonly name = 'BaseGateError';
}

/** The recipes of an experiment, each with its fingerprint. */
function listRecipes({ conditions }: ResolvedExperiment): { name: string; recipeId: string }[] {
  const byId = new Map(
    conditions.map(({ condition }) => [recipeIdOf(condition), condition.base.name] as const),
  );
  return [...byId].map(([recipeId, name]) => ({ name, recipeId }));
}

/** Why a record accepts no claim; null: it does. */
function recordFault(record: GateRecord | null): string | null {
  if (record === null) return 'found no card, expected one whose gates have passed';
  const missing = CARD_SEEDS.filter((seed) => !record.seeds.includes(seed));
  if (missing.length > 0)
    return `found a card of base seeds ${record.seeds.join(', ')}, expected ${CARD_SEEDS.join(', ')}`;
  const open = record.gates.filter(({ state }) => state !== 'passed');
  if (open.length === 0) return null;
  const told = open.map(
    ({ name, state, mean }) => `${name} ${state}${mean === null ? '' : ` (${mean.toFixed(3)})`}`,
  );
  return `found a card of ${record.recordedAt.slice(0, 10)} with ${told.join(', ')}, expected all gates passed`;
}

function recipeFault(
  recipe: { name: string; recipeId: string },
  directories: readonly string[],
): string | null {
  const { name, recipeId } = recipe;
  if (!declaredBases.some((base) => base.name === name && base.gates !== undefined)) return null;
  const check = declareCheckExperiment(name, CARD_SEEDS);
  const id = recipeId.slice(0, 12);
  if (check.recipeId !== recipeId)
    return (
      `base ${name} (${id}): found recipe or task changed by the claim, expected those of the card (${check.recipeId.slice(0, 12)}); ` +
      'declare the variant in experiments/bases/ with gates of its own'
    );
  const fault = recordFault(findGateRecord(directories, { recipe: name, recipeId, gatesId: check.gatesId }));
  return fault === null ? null : `base ${name} (${id}): ${fault}; \`assay bases check ${name}\` measures it`;
}

/**
 * What stands against the base models of an experiment: a recipe with gates needs a card of its fingerprint on which all of them passed.
 * A recipe that fixed no gates beforehand has nothing to fail.
 *
 * @param directories where cards are looked for
 */
export function listBaseFaults(experiment: ResolvedExperiment, directories: readonly string[]): string[] {
  return listRecipes(experiment)
    .map((recipe) => recipeFault(recipe, directories))
    .filter((fault) => fault !== null);
}
