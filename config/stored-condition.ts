import { conditionSchema, type Condition } from './experiment.ts';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';
import { isSettings, type Settings } from './merge.ts';
import type { RunPlan } from './plan.ts';
import { upgradeScheme } from './upgrade-scheme.ts';

/** A stored condition says what this program does not know: use the version that stored it, or a newer one. */
export class StoredConditionError extends Error {
  override readonly name = 'StoredConditionError';
}

/** Versions before chains of runs named another condition's pool, or had a teacher sample, within one run. */
function upgradeLinks({ teacher, ...stored }: Settings): Settings {
  const { examples = null, ...training } = isSettings(stored['training']) ? stored['training'] : {};
  const upgraded = { ...stored, training };
  if (isSettings(examples)) {
    const { from, count, order } = examples;
    const isReversed = order === 'lowest-variance';
    return {
      ...upgraded,
      data: { from: 'dataset', run: `of an earlier version, ${String(from)}`, take: count, isReversed },
    };
  }
  if (!isSettings(teacher)) return upgraded;
  return { ...upgraded, data: { from: 'dataset', run: 'of an earlier version, of a teacher' } };
}

function upgrade(stored: unknown): unknown {
  if (!isSettings(stored) || !isSettings(stored['scheme'])) return stored;
  const { behavior: _, ...scheme } = upgradeScheme(stored['scheme']) as Settings;
  return { ...upgradeLinks(stored), scheme };
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
 * A condition as this program or an earlier version stored it: a field that has been added since has its default, as a declaration
 * that leaves it out, and a scheme of flags is one of parts.
 *
 * @param stored what JSON.parse makes of it
 * @throws {StoredConditionError} naming each field that does not fit
 */
export function readStoredCondition(stored: unknown): Condition {
  try {
    return parseSpec(conditionSchema, upgrade(stored), 'condition');
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    throw new StoredConditionError(
      `a stored condition does not fit this version of the program: ${error.message}. Use the version that stored it, or launch the ` +
        'declaration anew',
    );
  }
}
