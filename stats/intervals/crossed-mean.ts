import library from 'jstat';
import { mean } from './aggregate-scores.ts';
import { groupByBase } from './run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';
import { squaredErrorOfClusters, type Clusters, type VarianceShare } from './cluster-error.ts';

/** Mean of paired differences with what is known of its error, over training runs and over problems. */
export interface CrossedMean {
  readonly estimate: number;
  /** Square root of the sum of `runs` and `problems`. */
  readonly standardError: number;
  /** From the spread of the independent units of training: base models where there are several, else seeds. */
  readonly runs: VarianceShare;
  /** From the spread of the problems' means, less what `runs` holds already; null for a metric that is one number per run. */
  readonly problems: VarianceShare | null;
  /** The part of the squared error that each cell of run and problem has for itself. */
  readonly residualVariance: number;
  /** Share of `runs.variance` that seeds within bases make; null with one base, or one seed in each. */
  readonly withinBases: number | null;
  readonly bases: number;
  /** Pairs of base and seed. */
  readonly pairs: number;
  readonly problemCount: number;
}

/**
 * Mean of `differences[pair][problem]` as a two-way random-effects layout: units of training (bases, each the mean of its
 * seeds; with one base its seeds) × problems. runs = s²(unit means)/U with U − 1 degrees of freedom; problems =
 * s²(problem means)/P with P − 1, less the residual, which both hold and which must count once. No more than all of `runs`
 * is taken off, so that the sum is never below the larger of the two; what is counted once counts with the runs, whose
 * degrees of freedom are fewer. Null with one unit, whose spread nothing shows. Source: Searle, Casella and McCulloch 1992,
 * chapter 4; Cameron, Gelbach and Miller 2011 for V_bases + V_problems − V_both.
 *
 * @param clusters cluster of each problem; those of one are alike, and only clusters count as independent. Absent: each its own
 * @throws ScoreShapeError when differences are ragged, empty or not finite, or bases do not match
 */
export function crossedMean(
  differences: readonly (readonly number[])[],
  bases: readonly number[],
  clusters?: Clusters,
): CrossedMean | null {
  const { rows: pairs, columns: problemCount } = toScoreMatrix(differences);
  const groups = groupByBase(pairs, bases);
  const units = groups.length > 1 ? groups : groups[0]!.map((row) => [row]);
  if (units.length < 2) return null;
  const cells = units.map((unit) => columnMeans(unit.map((row) => differences[row]!)));
  const unitMeans = cells.map(mean);
  const problemMeans = columnMeans(cells);
  const estimate = mean(unitMeans);
  let residual = 0;
  cells.forEach((row, u) =>
    row.forEach((cell, p) => (residual += (cell - unitMeans[u]! - problemMeans[p]! + estimate) ** 2)),
  );
  const runs = { variance: squaredError(unitMeans), degreesOfFreedom: units.length - 1 };
  const residualVariance =
    problemCount < 2 ? 0 : residual / ((units.length - 1) * (problemCount - 1) * units.length * problemCount);
  const problems =
    problemCount < 2
      ? null
      : withoutResidual(problemShare(problemMeans, clusters), Math.min(residualVariance, runs.variance));
  return {
    estimate,
    standardError: Math.sqrt(runs.variance + (problems?.variance ?? 0)),
    runs,
    problems,
    residualVariance,
    withinBases: seedShare(differences, groups),
    bases: groups.length,
    pairs,
    problemCount,
  };
}

/**
 * Squared standard error of the mean over problems, with one degree of freedom less than there are clusters.
 *
 * @throws ScoreShapeError when clusters do not match the problems, or there is only one
 */
export function problemShare(problemMeans: readonly number[], clusters: Clusters): VarianceShare {
  return clusters === undefined
    ? { variance: squaredError(problemMeans), degreesOfFreedom: problemMeans.length - 1 }
    : squaredErrorOfClusters(problemMeans, clusters);
}

function withoutResidual({ variance, degreesOfFreedom }: VarianceShare, residual: number): VarianceShare {
  return { variance: Math.max(0, variance - residual), degreesOfFreedom };
}

function columnMeans(rows: readonly (readonly number[])[]): number[] {
  return rows[0]!.map((_, column) => mean(rows.map((row) => row[column]!)));
}

/** Squared standard error of the mean. */
function squaredError(values: readonly number[]): number {
  return sumOfSquares(values) / ((values.length - 1) * values.length);
}

function sumOfSquares(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}

/** Pooled variance of the seeds' means within bases, as a part of the squared error of the mean. */
function seedShare(
  differences: readonly (readonly number[])[],
  groups: readonly (readonly number[])[],
): number | null {
  const pairs = differences.length;
  const spare = pairs - groups.length;
  if (groups.length < 2 || spare < 1) return null;
  const within = groups.reduce(
    (sum, group) => sum + sumOfSquares(group.map((row) => mean(differences[row]!))),
    0,
  );
  const perBase = groups.reduce((sum, group) => sum + 1 / group.length, 0) / groups.length;
  return ((within / spare) * perBase) / groups.length;
}

/** Below this a squared error is the rounding of equal numbers. */
const NO_SPREAD = 1e-24;

/** Whether the data show no spread at all, so that no standard error can be had from them. */
export function hasNoSpread({ standardError }: CrossedMean): boolean {
  return standardError ** 2 <= NO_SPREAD;
}

/**
 * Quantile of t for a sum of two independently estimated variances: the quantiles of both, weighted by the variances. It
 * holds the level where few units make most of the variance, unlike one t with Satterthwaite's degrees of freedom.
 * Source: Cochran and Cox 1957, Experimental Designs, section 4.14.
 */
export function criticalValue(
  { runs, problems }: Pick<CrossedMean, 'runs' | 'problems'>,
  tail: number,
): number {
  const shares = problems === null ? [runs] : [runs, problems];
  const total = shares.reduce((sum, { variance }) => sum + variance, 0);
  if (total === 0) throw new ScoreShapeError('a critical value needs variance, found none');
  return shares.reduce(
    (sum, { variance, degreesOfFreedom }) =>
      variance === 0
        ? sum
        : sum + (variance / total) * library.jStat.studentt.inv(1 - tail, degreesOfFreedom),
    0,
  );
}

/** p-values below this are not told apart. */
const SMALLEST_P = 1e-9;

/** One-sided p against "the mean is at most `bound`": the level at which the lower bound of the mean touches it. */
export function upperTailP(found: CrossedMean, bound: number): number {
  const t = (found.estimate - bound) / found.standardError;
  if (t === 0) return 0.5;
  const tail = tailOf(found, Math.abs(t));
  return t > 0 ? tail : 1 - tail;
}

/** The tail whose critical value is t > 0, by bisection in its logarithm. */
function tailOf(found: CrossedMean, t: number): number {
  if (criticalValue(found, SMALLEST_P) <= t) return SMALLEST_P;
  let low = Math.log(SMALLEST_P);
  let high = Math.log(0.5);
  for (let i = 0; i < 40; i += 1) {
    const middle = (low + high) / 2;
    if (criticalValue(found, Math.exp(middle)) > t) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}
