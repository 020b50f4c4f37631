/** The exact value coefficient · 10^exponent: answers may have more digits than a float64 can tell apart. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const DECIMAL = /^([-+]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([-+]?\d+))?$/;

/** Beyond every float64; a text of a few characters must not ask for a number of millions of digits. */
const LARGEST_EXPONENT = 1000;

/** A decimal number, blanks around it allowed; null when the text is none, or its exponent is beyond ±1000. */
export function readDecimal(text: string): Decimal | null {
  const match = DECIMAL.exec(text.trim());
  if (match === null) return null;
  const [, sign = '', whole = '', decimals = '', bareDecimals = '', power = '0'] = match;
  if (Math.abs(Number(power)) > LARGEST_EXPONENT) return null;
  const fraction = decimals + bareDecimals;
  return { coefficient: BigInt(sign + whole + fraction), exponent: Number(power) - fraction.length };
}

/** Whether |a − b| ≤ tolerance, exactly. */
export function isWithin(a: Decimal, b: Decimal, tolerance: Decimal): boolean {
  const unit = Math.min(a.exponent, b.exponent, tolerance.exponent);
  const [left, right, most] = [a, b, tolerance].map(
    ({ coefficient, exponent }) => coefficient * 10n ** BigInt(exponent - unit),
  ) as [bigint, bigint, bigint];
  const difference = left - right;
  return (difference < 0n ? -difference : difference) <= most;
}
