import { conditionSchema, type Condition } from './experiment.ts';
import { InvalidSpecError, parseSpec } from './invalid-spec-error.ts';

/** A stored condition says what this program does not know: use the version that stored it, or a newer one. */
export class StoredConditionError extends Error {
  override readonly name = 'StoredConditionError';
}

/**
 * A condition as this program or an earlier version stored it: a field that has been added since has its default, as a declaration
 * that leaves it out.
 *
 * @param stored what JSON.parse makes of it
 * @throws {StoredConditionError} naming each field that does not fit
 */
export function readStoredCondition(stored: unknown): Condition {
  try {
    return parseSpec(conditionSchema, stored, 'condition');
  } catch (error) {
    if (!(error instanceof InvalidSpecError)) throw error;
    throw new StoredConditionError(
      `a stored condition does not fit this version of the program: ${error.message}. Use the version that stored it, or launch the ` +
        'declaration anew',
    );
  }
}
