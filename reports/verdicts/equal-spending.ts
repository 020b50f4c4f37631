import type { Hypothesis } from '../../config/hypothesis.ts';
import type { ComparisonInput } from '../comparison/comparison-input.ts';
import { meanSpending } from '../tables/compute-table.ts';

const describeAmount = (amount: number): string =>
  amount < 1e9 ? String(Math.round(amount * 10) / 10) : amount.toExponential(3);

/**
 * Why two arms that a hypothesis says to have spent alike did not; null: they did, or it says nothing. Compared are means over the
 * runs of each arm, evaluations and the making of base models apart.
 */
export function findInequality(input: ComparisonInput, hypothesis: Hypothesis): string | null {
  const { equal, treatment, control } = hypothesis;
  // A contrast of more arms declares no equal spending.
  if (equal === undefined || treatment === undefined || control === undefined) return null;
  const { unit, tolerance } = equal;
  const spentBy = (name: string): number | null => meanSpending(input, name)?.[unit] ?? null;
  const [left, right] = [spentBy(treatment), spentBy(control)];
  if (left === null || right === null) {
    const uncounted = left === null ? treatment : control;
    return `${unit} were to be equal, but not every step of ${uncounted} is in the ledger`;
  }
  const larger = Math.max(left, right);
  if (Math.abs(left - right) <= tolerance * larger) return null;
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  return (
    `${unit} were to be equal within ${percent(tolerance)}, but ${treatment} spent ${describeAmount(left)} and ` +
    `${control} ${describeAmount(right)}: ${percent(Math.abs(left - right) / larger)} apart`
  );
}
