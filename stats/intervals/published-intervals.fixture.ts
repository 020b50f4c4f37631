/** 95 % intervals that others publish for a mean paired difference, to compare the decision rule's with. */
import { publishedErrors } from '../significance/published-errors.fixture.ts';
import { mean } from './aggregate-scores.ts';
import { meanInterval } from './mean-interval.ts';

export type Interval = readonly [low: number, high: number];

const NORMAL_975 = 1.959963984540054;

/** What answers of two arms differ by: differences[repeat][problem] of −1, 0 and 1. */
type AnswerDifferences = readonly (readonly number[])[];

/** Per problem the mean difference over repeats, and the share of repeats in which the arms differ. */
function problemMoments(differences: AnswerDifferences): { means: number[]; discordances: number[] } {
  const columns = differences[0]!.map((_, problem) => differences.map((row) => row[problem]!));
  return { means: columns.map(mean), discordances: columns.map((column) => mean(column.map(Math.abs))) };
}

const meanSquare = (values: readonly number[]): number => mean(values.map((value) => value ** 2));

/** Values in [−1, 1] around a centre. */
function clippedInterval(centre: number, half: number): Interval {
  return [Math.max(-1, centre - half), Math.min(1, centre + half)];
}

/**
 * The multi-run interval that statsforevals.com calls Tango's, with moments: of n problems' means m with u the share of repeats
 * that differ and R repeats, V = max(s²(m), mean(u − m²)/R), m̄ ± z·√(V/n + z²/4n²), both over 1 + z²/n. It is no score
 * interval of Tango 1998, as evalstats itself says from 0.2.6 on. Source: evalstats 0.2.0, `tango_paired_ci_multirun_moments`.
 */
export function momentsInterval(differences: AnswerDifferences): Interval {
  const { means, discordances } = problemMoments(differences);
  const n = means.length;
  const centre = mean(means);
  const between = (n / (n - 1)) * (meanSquare(means) - centre ** 2);
  const within = mean(discordances) - meanSquare(means);
  const variance = Math.max(between, within / differences.length);
  const shrink = 1 + NORMAL_975 ** 2 / n;
  const half = NORMAL_975 * Math.sqrt(variance / n + NORMAL_975 ** 2 / (4 * n ** 2));
  return clippedInterval(centre / shrink, half / shrink);
}

/**
 * The default of evalstats 0.3.3 for repeated yes-or-no answers: the normal interval of problems' means with two made-up problems
 * ±√q beside them, q = (Σm² + 2)/(Σu + 2). With one repeat it is the interval of Bonett and Price 2012. Source: evalstats
 * 0.3.3, `bonett_price_paired_ci_multirun_shrunk`.
 */
export function bonettPriceInterval(differences: AnswerDifferences): Interval {
  const { means, discordances } = problemMoments(differences);
  const padded = means.length + 2;
  const squares = means.length * meanSquare(means);
  const madeUp = (squares + 2) / (means.length * mean(discordances) + 2);
  const centre = (means.length * mean(means)) / padded;
  const variance = (squares + 2 * madeUp) / padded - centre ** 2;
  return clippedInterval(centre, NORMAL_975 * Math.sqrt(variance / padded));
}

/** Student's t of the problems' means. Source: evaluatellm 0.1.0, `ev_paired`, where repeats of an item are averaged first. */
export function pairedInterval(differences: readonly (readonly number[])[]): Interval {
  return meanInterval(problemMoments(differences).means)!;
}

/** The clustered error of paired differences, problems as clusters, with a normal quantile. Source: Miller 2024, arXiv 2411.00640. */
export function clusteredInterval(differences: readonly (readonly number[])[]): Interval {
  const rows = differences.map((_, row) => row);
  const half = NORMAL_975 * publishedErrors(differences, rows).problems;
  const centre = mean(differences.flat());
  return [centre - half, centre + half];
}
