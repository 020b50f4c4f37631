import { mean } from './aggregate-scores.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

/** A share of the squared standard error and how many degrees of freedom it was estimated with. */
export interface VarianceShare {
  readonly variance: number;
  readonly degreesOfFreedom: number;
}

/** Cluster of each problem, as numbers of any kind; absent: each problem is its own. */
export type Clusters = readonly number[] | undefined;

/** Places of the values of each cluster, clusters in the order in which they are first met. */
export function groupByCluster(clusters: readonly number[]): number[][] {
  const groups = new Map<number, number[]>();
  clusters.forEach((cluster, place) => {
    const known = groups.get(cluster);
    if (known === undefined) groups.set(cluster, [place]);
    else known.push(place);
  });
  return [...groups.values()];
}

/** Mean of each cluster of values, which can be flipped or drawn as one; without clusters the values themselves. */
export function meanByCluster(values: readonly number[], clusters: Clusters): number[] {
  return clusters === undefined
    ? [...values]
    : groupByCluster(clusters).map((places) => mean(places.map((place) => values[place]!)));
}

/**
 * Squared standard error of the mean of values that are alike within clusters: Σ over clusters (Σ(v − v̄))² / n², times C/(C − 1) for
 * the C clusters, so that clusters of one value each leave the usual s²/n. Source: Miller 2024, arXiv 2411.00640, section 2.2.
 *
 * @throws ScoreShapeError when clusters do not match the values, or there is only one
 */
export function squaredErrorOfClusters(
  values: readonly number[],
  clusters: readonly number[],
): VarianceShare {
  if (clusters.length !== values.length)
    throw new ScoreShapeError(
      `each problem needs its cluster, found ${clusters.length} for ${values.length}`,
    );
  const groups = groupByCluster(clusters);
  if (groups.length < 2)
    throw new ScoreShapeError('an error over clusters needs two of them, found one; name another column');
  const centre = mean(values);
  const squares = groups.map((places) => places.reduce((sum, i) => sum + values[i]! - centre, 0) ** 2);
  const count = groups.length;
  return {
    variance: (mean(squares) * count * count) / ((count - 1) * values.length ** 2),
    degreesOfFreedom: count - 1,
  };
}
