import { mean } from '../intervals/aggregate-scores.ts';
import { criticalValue, crossedMean, hasNoSpread } from '../intervals/crossed-mean.ts';

/** One-sided level of a check; its two-sided interval has twice the tail. */
export const CHECK_ALPHA = 0.05;

export interface CheckInput {
  /** values[pair][problem]: differences, or levels where there is no control. */
  readonly values: readonly (readonly number[])[];
  /** Base seed of each row. */
  readonly bases: readonly number[];
  readonly alternative: 'greater' | 'less';
  /** What the mean must lie beyond on the side of `alternative`. */
  readonly bound: number;
}

export interface CheckEvidence {
  readonly value: number;
  /** The 90 % interval, whose ends are the one-sided 95 % bounds; null with one pair, where the value itself is held to the bound. */
  readonly low: number | null;
  readonly high: number | null;
  readonly holds: boolean;
  readonly bases: number;
  readonly pairs: number;
  readonly problems: number;
}

/**
 * Whether the mean lies beyond a bound: by its one-sided 95 % bound, from the spread of runs and problems as in `crossedMean`.
 *
 * @throws ScoreShapeError when values are ragged, empty or not finite, or bases do not match
 */
export function weighCheck({ values, bases, alternative, bound }: CheckInput): CheckEvidence {
  const found = crossedMean(values, bases);
  const value = found?.estimate ?? mean(values.map(mean));
  const half =
    found === null || hasNoSpread(found) ? 0 : criticalValue(found, CHECK_ALPHA) * found.standardError;
  return {
    value,
    low: found === null ? null : value - half,
    high: found === null ? null : value + half,
    holds: alternative === 'greater' ? value - half > bound : value + half < bound,
    bases: new Set(bases).size,
    pairs: values.length,
    problems: values[0]!.length,
  };
}
