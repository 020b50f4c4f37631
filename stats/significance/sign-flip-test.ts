import type { Generator } from '../../random/generator.ts';
import { mean } from '../intervals/aggregate-scores.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

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
 * P <= exactUpTo (16 unless told), then seeded Monte Carlo; the observed pattern is one of them either way, so p >= 1 over
 * `patterns`. Source: Fisher 1935; Phipson and Smyth 2010 for the added one.
 *
 * @throws ScoreShapeError when there are no differences, or they or their sum are not finite
 */
export function signFlipTest({ differences, ...input }: SignFlipInput): SignFlipTest {
  return signFlipTests([differences], input)[0]!;
}

/** `signFlipTest` of several measures of the same units, as each alone would find, with every pattern drawn once. */
export function signFlipTests(
  measures: readonly (readonly number[])[],
  { alternative, generator, resamples = 10_000, exactUpTo = 16 }: Omit<SignFlipInput, 'differences'>,
): SignFlipTest[] {
  const counters = measures.map((differences) => createCounter(differences, alternative));
  const units = measures[0]?.length ?? 0;
  const isExact = units <= exactUpTo;
  const patterns = isExact ? 2 ** units : resamples + 1;
  const words = new Uint32Array(Math.ceil(units / 32));
  for (let pattern = 0; pattern < patterns; pattern += 1) {
    if (isExact) words[0] = pattern;
    // The first Monte Carlo pattern is the observed one: no sign flipped.
    else if (pattern > 0)
      for (let i = 0; i < words.length; i += 1) words[i] = generator.uniform() * 0x1_0000_0000;
    for (const counter of counters) counter.add(words);
  }
  return counters.map(({ meanDifference, reached }) => ({
    meanDifference,
    p: reached() / patterns,
    patterns,
    isExact,
  }));
}

interface PatternCounter {
  readonly meanDifference: number;
  /** Counts the pattern if it is at least as extreme as the observed one. */
  add(words: Uint32Array): void;
  reached(): number;
}

function createCounter(differences: readonly number[], alternative: Alternative): PatternCounter {
  const values = Float64Array.from(differences);
  const observed = values.reduce((sum, value) => sum + value, 0);
  // Against a sum that is NaN or infinite no pattern would count, not even the observed one, and p would be 0.
  if (!Number.isFinite(observed)) {
    const at = values.findIndex((value) => !Number.isFinite(value));
    throw new ScoreShapeError(
      at < 0
        ? `the ${values.length} differences sum to ${observed}, expected a finite sum; give them in a larger unit`
        : `differences[${at}] of ${values.length} is ${values[at]}, expected a finite number`,
    );
  }
  const slack = RELATIVE_SLACK * Math.abs(observed);
  const reaches = (sum: number): boolean => {
    if (alternative === 'greater') return sum >= observed - slack;
    if (alternative === 'less') return sum <= observed + slack;
    return Math.abs(sum) >= Math.abs(observed) - slack;
  };
  let count = 0;
  return {
    meanDifference: mean(differences),
    add: (words) => {
      if (reaches(flippedSum(values, words))) count += 1;
    },
    reached: () => count,
  };
}

function flippedSum(values: Float64Array, words: Uint32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) {
    sum += (words[i >>> 5]! >>> (i & 31)) & 1 ? -values[i]! : values[i]!;
  }
  return sum;
}
