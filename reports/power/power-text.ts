import { unitSuffix } from '../text/hypothesis-text.ts';
import { isExpected, isUnderpowered, type ExpectedRow, type PowerRow } from './plan-power.ts';

const percent = (share: number): string => `${Math.floor(100 * share)}`;

function describePowerRange({ power: { low, high } }: ExpectedRow): string {
  return percent(low) === percent(high) ? `${percent(low)} %` : `${percent(low)} to ${percent(high)} %`;
}

function describeNeeded({ needed: { low, high } }: ExpectedRow): string {
  if (low === null) return 'no number of bases gives 80 %: the problems limit';
  if (high === null) return `80 % takes ${low} bases at the least, and may be out of reach`;
  return `80 % takes ${low === high ? low : `${low} to ${high}`} bases`;
}

/** One line of what is printed before anything is computed. */
export function describePower(row: PowerRow): string {
  const place = `${row.number}. ${row.hypothesis.claim}`;
  if (!isExpected(row)) return `${place} power unknown: ${row.reason}`;
  const { components, isBorrowed, effect } = row;
  const whose = isBorrowed
    ? `${components.comparison}, the most variable comparison by this metric`
    : 'this comparison';
  const verdict = isUnderpowered(row) ? 'underpowered: ' : '';
  return (
    `${place} ${verdict}power ${describePowerRange(row)} at ${Number(effect.toPrecision(3))}${unitSuffix(row.hypothesis)} from its bound, ` +
    `one-sided level ${Number(row.alpha.toPrecision(2))}; ${describeNeeded(row)} (components of ${whose}, ${components.source})`
  );
}
