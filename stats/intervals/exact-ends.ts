import { clopperPearsonInterval } from './binomial-interval.ts';

interface Ends {
  readonly low: number;
  readonly high: number;
}

/** Three decimals do not show an interval that is narrower. */
const INVISIBLE = 0.001;

/** Rounding leaves sums of equal scores beside the whole number that they are. */
const WHOLE = 1e-9;

/** Clopper–Pearson's ends of the share of problems that are solved always, from scores of 0 to 1. */
function endsOfShare(scores: readonly number[], level: number): Ends {
  const sum = scores.reduce((total, score) => total + score, 0);
  const [low] = clopperPearsonInterval(Math.floor(sum + WHOLE), scores.length, level);
  const [, high] = clopperPearsonInterval(Math.ceil(sum - WHOLE), scores.length, level);
  return { low, high };
}

/**
 * Ends of a mean from nothing but the number of problems, each of which may be solved always or never: what as many problems
 * can exclude. Samples and runs of one problem are no independent trials. Differences (−1 to 1) take their positive and
 * their negative parts apart.
 */
function exactEnds(problemMeans: readonly number[], of: 'level' | 'difference', level: number): Ends {
  if (of === 'level') return endsOfShare(problemMeans, level);
  const gained = endsOfShare(
    problemMeans.map((value) => Math.max(0, value)),
    level,
  );
  const lost = endsOfShare(
    problemMeans.map((value) => Math.max(0, -value)),
    level,
  );
  return { low: gained.low - lost.high, high: gained.high - lost.low };
}

/**
 * The interval of a mean over problems; where the data leave it without a width that can be seen, as where every score is 0
 * or 1, it is that of `exactEnds` as well. A level stays within 0 to 1, a difference within −1 to 1.
 *
 * @param problemMeans mean score of each problem over the runs
 */
export function widenInvisible(
  { low, high }: Ends,
  problemMeans: readonly number[],
  { of, level }: { readonly of: 'level' | 'difference'; readonly level: number },
): { low: number; high: number } {
  const exact = high - low < INVISIBLE ? exactEnds(problemMeans, of, level) : { low, high };
  const floor = of === 'level' ? 0 : -1;
  return { low: Math.max(floor, Math.min(low, exact.low)), high: Math.min(1, Math.max(high, exact.high)) };
}

/** `widenInvisible` for a difference of means over other problems, such as a gap of splits. */
export function widenInvisibleGap(
  { low, high }: Ends,
  [first, second]: readonly [readonly number[], readonly number[]],
  { of, level }: { readonly of: 'level' | 'difference'; readonly level: number },
): { low: number; high: number } {
  if (high - low >= INVISIBLE) return { low, high };
  const left = exactEnds(first, of, level);
  const right = exactEnds(second, of, level);
  return { low: Math.min(low, left.low - right.high), high: Math.max(high, left.high - right.low) };
}
