import type { ComparisonInput } from '../comparison/comparison-input.ts';

/** A condition that the experiment does not have; null: all are there. */
export function findUnknown({ conditions }: ComparisonInput, names: readonly string[]): string | null {
  const unknown = names.find((name) => !conditions.some((condition) => condition.name === name));
  return unknown === undefined ? null : `there is no condition ${unknown}`;
}

/** Which of the conditions still has runs to complete; null: none. */
export function findUnfinished({ runs }: ComparisonInput, names: readonly string[]): string | null {
  for (const name of names) {
    const own = runs.filter((run) => run.condition === name);
    const left = own.filter(({ status }) => status !== 'completed');
    if (own.length > 0 && left.length === 0) continue;
    const states = [...new Set(left.map(({ status }) => status))].sort().join(', ');
    const others = states === '' ? '' : ` (others: ${states})`;
    return `${own.length - left.length} of ${own.length} runs of ${name} are completed${others}`;
  }
  return null;
}
