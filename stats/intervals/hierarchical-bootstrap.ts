import type { Generator } from '../../random/generator.ts';
import { percentileInterval, type IntervalEstimate } from '../quantile.ts';
import { mean } from './aggregate-scores.ts';
import { groupByCluster, type Clusters } from './cluster-error.ts';
import { drawBases, drawRowWeights, groupByBase, rowWeights } from './run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';

export interface BootstrapInput {
  /** scores[seed][problem]: every seed is scored on the same problems, in the same order. */
  readonly scores: readonly (readonly number[])[];
  /** Base seed of each row of `scores`: the level above the seeds. Absent, or all the same: there is no such level. */
  readonly bases?: readonly number[];
  readonly resamples: number;
  readonly generator: Generator;
  /** Confidence level, 0–1. */
  readonly level: number;
}

export interface BootstrapEstimate extends IntervalEstimate {
  /** Base models; with one the interval says nothing about others. */
  readonly bases: number;
  /** Rows: pairs of base and seed. */
  readonly seeds: number;
  readonly problems: number;
}

/**
 * Percentile interval of the mean over base models, seeds and problems: a replicate draws B bases with replacement, of each as many of
 * its seeds with replacement, then P problems with replacement once for all drawn runs, because problems are shared. It
 * covers training again with other bases and seeds, and other problems of the same generator; with one base that level is
 * absent, with one seed only problems remain. Every base counts the same, however many seeds it has. The noise of sampling
 * n completions is inside the scores and carried by all levels. Source: Owen 2007, "The pigeonhole bootstrap" (crossed
 * factors); Davison and Hinkley 1997, section 3.8 (nested ones).
 *
 * @throws ScoreShapeError when scores are ragged, empty or not finite, or bases do not match
 */
export function hierarchicalBootstrap({ scores, ...input }: BootstrapInput): BootstrapEstimate {
  return bootstrapMeans([scores], input)[0]!;
}

/**
 * `hierarchicalBootstrap` of the means of several measures of the same runs and problems, such as pass@k at several k: each
 * as it alone would come out, with every replicate drawn once.
 *
 * @throws ScoreShapeError as `hierarchicalBootstrap`, or when the measures differ in shape
 */
export function bootstrapMeans(
  measures: readonly (readonly (readonly number[])[])[],
  input: Omit<BootstrapInput, 'scores'>,
): BootstrapEstimate[] {
  const matrices = measures.map(toMatrix);
  const { seeds, problems } = matrices[0]!;
  const groups = groupByBase(seeds, input.bases);
  const replicates = meanReplicates(matrices, groups, input);
  return matrices.map((matrix, i) => ({
    estimate:
      groups.length > 1 ? weightedMean(matrix, rowWeights(groups), ones(problems)) : mean(matrix.values),
    ...percentileInterval(replicates[i]!, input.level),
    level: input.level,
    bases: groups.length,
    seeds,
    problems,
  }));
}

function toMatrix(scores: readonly (readonly number[])[]): Matrix {
  const { values, rows, columns } = toScoreMatrix(scores);
  return { values, seeds: rows, problems: columns };
}

interface Matrix {
  readonly values: Float64Array;
  readonly seeds: number;
  readonly problems: number;
}

interface Draws {
  readonly resamples: number;
  readonly generator: Generator;
  /** Of the problems, which are then drawn by whole clusters. */
  readonly clusters?: Clusters;
}

/** How often each of `size` units is drawn in `size` draws with replacement. */
export function drawCounts(size: number, generator: Generator): Int32Array {
  return redrawCounts(new Int32Array(size), generator);
}

/** `drawCounts` of as many units as `counts` has, into it. */
export function redrawCounts(counts: Int32Array, generator: Generator): Int32Array {
  counts.fill(0);
  for (let i = 0; i < counts.length; i += 1) counts[generator.integer(counts.length)]! += 1;
  return counts;
}

/** How often each problem is drawn; whole clusters of other sizes are scaled to as many problems as there are. */
function drawProblems(
  problems: number,
  { clusters, counts }: { readonly clusters: readonly number[][] | null; readonly counts: Int32Array },
  generator: Generator,
): ArrayLike<number> {
  const drawn = redrawCounts(counts, generator);
  if (clusters === null) return drawn;
  const weights = new Float64Array(problems);
  let total = 0;
  clusters.forEach((places, cluster) => {
    total += drawn[cluster]! * places.length;
    for (const place of places) weights[place] = drawn[cluster]!;
  });
  return weights.map((weight) => (weight * problems) / total);
}

function ones(size: number): Int32Array {
  return new Int32Array(size).fill(1);
}

/**
 * Replicates of each matrix's mean, which needs only how often each run and each problem was drawn.
 *
 * @param groups rows by base, as of `groupByBase`
 */
export function meanReplicates(
  matrices: readonly Matrix[],
  groups: readonly (readonly number[])[],
  { resamples, generator, clusters }: Draws,
): Float64Array[] {
  const [first] = matrices;
  if (matrices.some(({ seeds, problems }) => seeds !== first!.seeds || problems !== first!.problems)) {
    throw new ScoreShapeError('measures drawn together need the same runs and problems, found other shapes');
  }
  const replicates = matrices.map(() => new Float64Array(resamples));
  const places = clusters === undefined ? null : groupByCluster(clusters);
  // One array for all replicates: of very many problems new ones would keep the garbage collector busy.
  const drawn = { clusters: places, counts: new Int32Array(places?.length ?? first!.problems) };
  for (let r = 0; r < resamples; r += 1) {
    const weights = drawRowWeights(groups, drawBases(groups.length, generator), generator);
    const counts = drawProblems(first!.problems, drawn, generator);
    matrices.forEach((matrix, i) => (replicates[i]![r] = weightedMean(matrix, weights, counts)));
  }
  return replicates;
}

/** Mean of the rectangle whose rows and columns weigh as given; each set of weights sums to its length. */
export function weightedMean(
  { values, seeds, problems }: Matrix,
  seedWeights: ArrayLike<number>,
  problemCounts: ArrayLike<number>,
): number {
  let sum = 0;
  for (let s = 0; s < seeds; s += 1) {
    if (seedWeights[s] === 0) continue;
    let rowSum = 0;
    const offset = s * problems;
    for (let p = 0; p < problems; p += 1) rowSum += problemCounts[p]! * values[offset + p]!;
    sum += seedWeights[s]! * rowSum;
  }
  return sum / (seeds * problems);
}
