import { InvalidSpecError } from '../../config/invalid-spec-error.ts';
import type { ResolvedCondition } from './resolve.ts';

function faultOf(condition: ResolvedCondition, conditions: readonly ResolvedCondition[]): string | null {
  const { examples, pool } = condition.condition.training;
  if (examples === null) return null;
  const place = `conditions.${condition.name}.training`;
  const ranking = conditions.find(({ name }) => name === examples.from);
  if (ranking === undefined) {
    const names = conditions.map(({ name }) => name).join(', ');
    return `${place}.examples.from: found "${examples.from}", expected one of ${names}`;
  }
  const { training } = ranking.condition;
  if (training.examples !== null)
    return `${place}.examples.from: "${examples.from}" trains on examples itself`;
  if (training.pool === null || training.pool !== pool) {
    return `${place}.pool: found ${pool}, expected the pool of "${examples.from}", ${training.pool}`;
  }
  if (training.steps * training.promptsPerStep < 2 * training.pool) {
    return `${place}.examples: "${examples.from}" passes less than twice through its pool of ${training.pool}; a variance needs two passes`;
  }
  if (training.budget !== undefined)
    return `${place}.examples: "${examples.from}" has a budget, which may end it before it has passed twice through its pool; give it steps alone`;
  return examples.count <= training.pool
    ? null
    : `${place}.examples.count: found ${examples.count}, expected at most the pool's ${training.pool}`;
}

/**
 * Checks that every condition which trains on ranked examples names a condition that can rank them.
 *
 * @throws {InvalidSpecError}
 */
export function checkExamples(conditions: readonly ResolvedCondition[]): void {
  const faults = conditions.flatMap((condition) => faultOf(condition, conditions) ?? []);
  if (faults.length > 0) throw new InvalidSpecError(faults.join('\n'));
}
