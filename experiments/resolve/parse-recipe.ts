import { baseRecipeSchema, type BaseRecipe } from '../../config/base-recipe.ts';
import { InvalidSpecError, parseSpec } from '../../config/invalid-spec-error.ts';
import type { Settings } from '../../config/merge.ts';
import { formerRecipeFields, upgradeRecipe } from '../../config/upgrade-recipe.ts';
import { settleRecipe } from '../../corpora/settle-recipe.ts';

/** @throws {InvalidSpecError} saying what to write in the place of fields of an earlier version */
function refuseFormerFields(settings: Settings, place: string): void {
  const upgraded = upgradeRecipe(settings);
  const faults = Object.entries(formerRecipeFields).flatMap(([list, fields]) => {
    const found = fields.filter((field) => Object.hasOwn(settings, field));
    if (found.length === 0) return [];
    return [
      `${place}: found ${found.join(', ')}; a base recipe lists what it reads: with the defaults of those fields write ` +
        `\`${list}: ${JSON.stringify(upgraded[list])}\` (docs/substrates.md)`,
    ];
  });
  if (faults.length > 0) throw new InvalidSpecError(faults.join('\n'));
}

/**
 * A base recipe with every default filled in, those of its sources' options too.
 *
 * @throws {InvalidSpecError} naming each place that is wrong
 */
export function parseRecipe(settings: Settings, place: string): BaseRecipe {
  refuseFormerFields(settings, place);
  const { recipe, faults } = settleRecipe(parseSpec(baseRecipeSchema, settings, place));
  if (faults.length === 0) return recipe;
  throw new InvalidSpecError(faults.map((fault) => `${place}.${fault}`).join('\n'));
}
