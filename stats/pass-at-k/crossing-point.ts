import type { Generator } from '../../random/generator.ts';
import { drawCounts, weightedMean } from '../intervals/hierarchical-bootstrap.ts';
import { drawBases, drawRowWeights, groupByBase, rowWeights } from '../intervals/run-draw.ts';
import { ScoreShapeError, toScoreMatrix } from '../score-shape-error.ts';

/**
 * Where a lead is lost. `at-start`: there was none at the first k. `crosses`: the smallest k at which it is gone, read off
 * between evaluated k. `never`: the lead lasts to the last evaluated k.
 */
export type Crossing =
  | { readonly state: 'at-start'; readonly k: number }
  | { readonly state: 'crosses'; readonly k: number }
  | { readonly state: 'never'; readonly k: null };

/** Rounding leaves means of equal scores apart by 1e-17; such a lead is none. */
const ZERO = 1e-12;

/**
 * The smallest k at which `leadAt` is 0 or below, linear in log k between neighbouring evaluated k.
 *
 * @param ks evaluated k, ascending
 * @param leadAt lead at ks[i]; asked in order, and no further than needed
 */
export function findCrossing(ks: readonly number[], leadAt: (i: number) => number): Crossing {
  let before = Infinity;
  for (const [i, k] of ks.entries()) {
    const lead = leadAt(i);
    if (lead <= ZERO) {
      if (i === 0) return { state: 'at-start', k };
      const share = before / (before - Math.min(0, lead));
      return { state: 'crosses', k: ks[i - 1]! * (k / ks[i - 1]!) ** share };
    }
    before = lead;
  }
  return { state: 'never', k: null };
}

export interface CrossingPointInput {
  /** Evaluated k, ascending. */
  readonly ks: readonly number[];
  /** leads[k][run][problem]: how far a condition is above the reference, same runs and problems at every k. */
  readonly leads: readonly (readonly (readonly number[])[])[];
  /** Base seed of each run; absent: one base. */
  readonly bases?: readonly number[];
  readonly resamples: number;
  readonly generator: Generator;
  /** Confidence level, 0–1. */
  readonly level: number;
}

export interface CrossingPoint {
  readonly crossing: Crossing;
  /** Ends of the interval of k; null: at that end the lead is never lost within the evaluated k. */
  readonly low: number | null;
  readonly high: number | null;
  /** Shares of the replicates without a lead at the first k, and with one up to the last. */
  readonly atStartShare: number;
  readonly neverShare: number;
}

/**
 * Crossing point of two mean curves over paired runs, with a percentile interval: bases, runs and problems are drawn as in
 * `hierarchicalBootstrap`, once for all k. A replicate that never crosses counts as beyond every k, so the ends are order
 * statistics, rounded outwards. The crossing of pass@k curves is from arXiv 2504.13837, section 3.
 *
 * @throws ScoreShapeError when there is not one rectangle of runs × problems per k
 */
export function crossingPoint({
  ks,
  leads,
  bases,
  resamples,
  generator,
  level,
}: CrossingPointInput): CrossingPoint {
  const matrices = leads.map(toScoreMatrix);
  const { rows = 0, columns = 0 } = matrices[0] ?? {};
  if (matrices.length !== ks.length || matrices.some((m) => m.rows !== rows || m.columns !== columns)) {
    throw new ScoreShapeError(
      `expected one ${rows} x ${columns} rectangle of leads for each of k = ${ks.join()}`,
    );
  }
  const arms = matrices.map(({ values }) => ({ values, seeds: rows, problems: columns }));
  const groups = groupByBase(rows, bases);
  const cross = (weights: Float64Array, drawn: Int32Array): Crossing =>
    findCrossing(ks, (i) => weightedMean(arms[i]!, weights, drawn));
  const replicates = Array.from({ length: resamples }, () => {
    const weights = drawRowWeights(groups, drawBases(groups.length, generator), generator);
    return cross(weights, drawCounts(columns, generator));
  });
  const share = (state: Crossing['state']): number =>
    replicates.filter((replicate) => replicate.state === state).length / resamples;
  return {
    crossing: cross(rowWeights(groups), new Int32Array(columns).fill(1)),
    ...intervalOf(replicates, level),
    atStartShare: share('at-start'),
    neverShare: share('never'),
  };
}

function intervalOf(
  replicates: readonly Crossing[],
  level: number,
): { low: number | null; high: number | null } {
  const sorted = Float64Array.from(replicates, ({ k }) => k ?? Infinity).sort();
  const tail = ((1 - level) / 2) * (sorted.length - 1);
  const end = (position: number): number | null => {
    const value = sorted[position]!;
    return value === Infinity ? null : value;
  };
  return { low: end(Math.floor(tail)), high: end(sorted.length - 1 - Math.floor(tail)) };
}
