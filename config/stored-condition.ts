import { conditionSchema, type Condition } from './experiment.ts';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';
import { isSettings } from './merge.ts';
import { upgradeScheme } from './upgrade-scheme.ts';

/** A stored condition says what this program does not know: use the version that stored it, or a newer one. */
export class StoredConditionError extends Error {
  override readonly name = 'StoredConditionError';
}

function upgrade(stored: unknown): unknown {
  if (!isSettings(stored) || !isSettings(stored['scheme'])) return stored;
  return { ...stored, scheme: upgradeScheme(stored['scheme']) };
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
