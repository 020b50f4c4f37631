import type { z } from 'zod';
import { baseRecipeSchema, type BaseRecipe } from './base-recipe.ts';
import { conditionSchema, type Condition } from './experiment.ts';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';
import { isSettings, type Settings } from './merge.ts';
import type { RunPlan } from './plan.ts';
import { upgradeRecipe } from './upgrade-recipe.ts';
import { upgradeScheme } from './upgrade-scheme.ts';

/** A stored condition says what this program does not know: use the version that stored it, or a newer one. */
export class StoredConditionError extends Error {
  override readonly name = 'StoredConditionError';
}

/**
 * Versions before chains of runs took ranked examples of another condition, or had a teacher sample, within one run: what they recorded
 * can be read, and nothing be added to it.
 */
function upgradeLinks({ teacher, ...stored }: Settings): Settings {
  const { examples = null, ...training } = isSettings(stored['training']) ? stored['training'] : {};
  const upgraded = { ...stored, training };
  const link = (of: string): Settings => ({ from: 'dataset', run: `of an earlier version, ${of}` });
  if (isSettings(examples)) {
    const { from, count: take, order } = examples;
    const last = order === 'lowest-variance' ? { pick: 'last' } : {};
    return { ...upgraded, data: { ...link(String(from)), take, ...last } };
  }
  return isSettings(teacher) ? { ...upgraded, data: link('a teacher’s') } : upgraded;
}

/** Versions before `pick` read the first rows, or with `isReversed` the last. */
function upgradePick({ data, ...stored }: Settings): Settings {
  if (!isSettings(data)) return data === undefined ? stored : { ...stored, data };
  const { isReversed, ...rest } = data;
  return { ...stored, data: isReversed === true ? { ...rest, pick: 'last' } : rest };
}

function upgrade(stored: unknown): unknown {
  if (!isSettings(stored)) return stored;
  const { scheme, base, ...rest } = upgradePick(upgradeLinks(stored));
  return {
    ...rest,
    scheme: isSettings(scheme) ? upgradeScheme(scheme) : scheme,
    base: isSettings(base) ? upgradeRecipe(base) : base,
  };
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

/** A run's plan as this program or an earlier version stored it. @throws {StoredConditionError} */
export function readStoredPlan(stored: unknown): RunPlan {
  const { examples: _, ...plan } = stored as RunPlan & { readonly examples?: readonly number[] | null };
  const condition = readStoredCondition(plan.condition);
  if (plan.inputs !== undefined) return { ...plan, condition };
  if (condition.data !== undefined)
    throw new StoredConditionError(
      'a run of an earlier version, which took ranked examples or had a teacher sample, cannot go on: launch its declaration anew',
    );
  return { ...plan, condition, inputs: {} };
}

/**
 * A base recipe as the plan of a base model holds it, read as `readStoredCondition` reads a condition's.
 *
 * @throws {StoredConditionError}
 */
export function readStoredRecipe(stored: unknown): BaseRecipe {
  return parseStored(baseRecipeSchema, isSettings(stored) ? upgradeRecipe(stored) : stored, 'recipe');
}
