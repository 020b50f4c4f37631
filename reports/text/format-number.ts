const MINUS = '\u2212';

/** A rate or score with three decimals and a true minus sign. */
export function formatScore(value: number): string {
  return value.toFixed(3).replace('-', MINUS).replace(`${MINUS}0.000`, '0.000');
}

/** As `formatScore`, with a plus sign when positive. */
export function formatDifference(value: number): string {
  const text = formatScore(value);
  return value > 0 && text !== '0.000' ? `+${text}` : text;
}

export function formatInterval({ low, high }: { low: number; high: number }): string {
  return `${formatDifference(low)} to ${formatDifference(high)}`;
}

/** A count or a mean of counts: whole below a million, three digits beyond. */
export function formatAmount(value: number): string {
  return value < 1e6 ? String(Math.round(value)) : value.toExponential(2).replace('e+', 'e');
}

/** A p-value, never rounded to zero. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
