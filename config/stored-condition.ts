import type { z } from 'zod';
import { baseRecipeSchema, type BaseRecipe } from './base-recipe.ts';
import { conditionSchema, type Condition } from './experiment.ts';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';
import { isSettings } from './merge.ts';
import { upgradeRecipe } from './upgrade-recipe.ts';
import { upgradeScheme } from './upgrade-scheme.ts';

/** A stored condition says what this program does not know: use the version that stored it, or a newer one. */
export class StoredConditionError extends Error {
  override readonly name = 'StoredConditionError';
}

const upgraders = { scheme: upgradeScheme, base: upgradeRecipe, teacher: upgradeRecipe } as const;

function upgrade(stored: unknown): unknown {
  if (!isSettings(stored)) return stored;
  const upgraded = Object.entries(upgraders).flatMap(([key, upgradeMember]) => {
    const member = stored[key];
    return isSettings(member) ? [[key, upgradeMember(member)]] : [];
  });
  return { ...stored, ...(Object.fromEntries(upgraded) as Record<string, unknown>) };
}

function parseStored<Schema extends z.ZodType>(
  schema: Schema,
  stored: unknown,
  what: 'condition' | 'recipe',
): z.output<Schema> {
  try {
    return parseSpec(schema, stored, what);
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    throw new StoredConditionError(
      `a stored ${what} does not fit this version of the program: ${error.message}. Use the version that stored it, or launch the ` +
        'declaration anew',
    );
  }
}

/**
 * A condition as this program or an earlier version stored it: a field that has been added since has its default, as a declaration
 * that leaves it out, a scheme of flags is one of parts, and a corpus of fields is one of sources.
 *
 * @param stored what JSON.parse makes of it
 * @throws {StoredConditionError} naming each field that does not fit
 */
export function readStoredCondition(stored: unknown): Condition {
  return parseStored(conditionSchema, upgrade(stored), 'condition');
}

/**
 * A base recipe as the plan of a base model holds it, read as `readStoredCondition` reads a condition's.
 *
 * @throws {StoredConditionError}
 */
export function readStoredRecipe(stored: unknown): BaseRecipe {
  return parseStored(baseRecipeSchema, isSettings(stored) ? upgradeRecipe(stored) : stored, 'recipe');
}
