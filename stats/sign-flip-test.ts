import type { Generator } from '../random/generator.ts';
import { mean } from './aggregate-scores.ts';

export type Alternative = 'two-sided' | 'greater' | 'less';

export interface SignFlipTest {
  readonly meanDifference: number;
  readonly p: number;
  /** Sign patterns compared: 2^P when exact, else the Monte Carlo draws plus the observed pattern. */
  readonly patterns: number;
  readonly isExact: boolean;
}

export interface SignFlipInput {
  /** Paired differences, one per independent unit (problem or seed). */
  readonly differences: readonly number[];
  readonly alternative: Alternative;
  /** Draws the Monte Carlo patterns when P exceeds `exactUpTo`. */
  readonly generator: Generator;
  readonly resamples?: number;
  readonly exactUpTo?: number;
}

/** Equal sums differ by rounding: patterns within this share of the observed sum count as reaching it. */
const RELATIVE_SLACK = 1e-9;

/**
 * Paired permutation test: under the null each difference is as likely to have the other sign. All 2^P patterns while
 * P <= exactUpTo (16 unless told), then seeded Monte Carlo with the observed pattern counted among them, so p > 0.
 * Source: Fisher 1935; Phipson and Smyth 2010 for the added one.
 */
export function signFlipTest({
  differences,
  alternative,
  generator,
  resamples = 10_000,
  exactUpTo = 16,
}: SignFlipInput): SignFlipTest {
  const meanDifference = mean(differences);
  const values = Float64Array.from(differences);
  const observed = values.reduce((sum, value) => sum + value, 0);
  const slack = RELATIVE_SLACK * Math.abs(observed);
  const reaches = (sum: number): boolean => {
    if (alternative === 'greater') return sum >= observed - slack;
    if (alternative === 'less') return sum <= observed + slack;
    return Math.abs(sum) >= Math.abs(observed) - slack;
  };
  const isExact = values.length <= exactUpTo;
  const patterns = isExact ? 2 ** values.length : resamples + 1;
  let reached = isExact ? 0 : 1;
  for (let pattern = isExact ? 0 : 1; pattern < patterns; pattern += 1) {
    if (reaches(isExact ? flippedSum(values, pattern) : randomSum(values, generator))) reached += 1;
  }
  return { meanDifference, p: reached / patterns, patterns, isExact };
}

function flippedSum(values: Float64Array, pattern: number): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += (pattern >>> i) & 1 ? -values[i]! : values[i]!;
  return sum;
}

function randomSum(values: Float64Array, generator: Generator): number {
  let sum = 0;
  let bits = 0;
  for (let i = 0; i < values.length; i += 1) {
    if (i % 32 === 0) bits = generator.uniform() * 0x1_0000_0000;
    sum += (bits >>> (i % 32)) & 1 ? -values[i]! : values[i]!;
  }
  return sum;
}
