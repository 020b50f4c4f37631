const MINUS = '\u2212';

/** Sums of equal numbers differ by less. */
const ROUNDING = 1e-9;

/** A rate or score with three decimals and a true minus sign. */
export function formatScore(value: number): string {
  return value.toFixed(3).replace('-', MINUS).replace(`${MINUS}0.000`, '0.000');
}

/** A smallest difference in a share that could be detected; two runs per arm may not tell 0 from 1. */
export function formatDetectable(value: number): string {
  return value >= 1 ? 'none' : formatScore(value);
}

/** As `formatScore`, with a plus sign when positive. */
export function formatDifference(value: number): string {
  const text = formatScore(value);
  return value > 0 && text !== '0.000' ? `+${text}` : text;
}

/** Ends that three decimals cannot tell apart are rounded outwards or, where nothing varied, put in words: no interval is a point. */
export function formatInterval({ low, high }: { low: number; high: number }): string {
  if (high - low < ROUNDING) return 'nothing varied';
  const ends = [low, high].map(formatDifference);
  if (ends[0] !== ends[1]) return ends.join(' to ');
  return [Math.floor(1000 * low), Math.ceil(1000 * high)]
    .map((end) => formatDifference(end / 1000))
    .join(' to ');
}

/** A count or a mean of counts: whole below a million, three digits beyond. */
export function formatAmount(value: number): string {
  return value < 1e6 ? String(Math.round(value)) : value.toExponential(2).replace('e+', 'e');
}

/** A p-value, never rounded to zero. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}
