import type { Generator } from '../../random/generator.ts';
import { ScoreShapeError } from '../score-shape-error.ts';

/**
 * Rows (runs) by their base model, bases ascending. Without `bases` all rows belong to one.
 *
 * @throws ScoreShapeError when there is not one base per row
 */
export function groupByBase(rows: number, bases: readonly number[] | undefined): number[][] {
  if (bases === undefined) return [Array.from({ length: rows }, (_, row) => row)];
  if (bases.length !== rows) {
    throw new ScoreShapeError(`found ${bases.length} base seeds for ${rows} rows, expected one per row`);
  }
  const groups = new Map<number, number[]>();
  bases.forEach((base, row) => groups.set(base, [...(groups.get(base) ?? []), row]));
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}

/** Bases drawn with replacement, as indices; a single base is no level and takes no draw. */
export function drawBases(bases: number, generator: Generator): number[] {
  return bases === 1 ? [0] : Array.from({ length: bases }, () => generator.integer(bases));
}

/** Weights of all rows, summing to their number, under which every base counts the same. */
export function rowWeights(groups: readonly (readonly number[])[]): Float64Array {
  const rows = countRows(groups);
  const weights = new Float64Array(rows);
  for (const group of groups) for (const row of group) weights[row] = rows / (groups.length * group.length);
  return weights;
}

/** How much each row weighs in a replicate; the weights sum to the number of rows. */
export function drawRowWeights(
  groups: readonly (readonly number[])[],
  drawnBases: readonly number[],
  generator: Generator,
): Float64Array {
  const rows = countRows(groups);
  const weights = new Float64Array(rows);
  for (const base of drawnBases) {
    const group = groups[base]!;
    const weight = rows / (groups.length * group.length);
    for (let i = 0; i < group.length; i += 1) weights[group[generator.integer(group.length)]!]! += weight;
  }
  return weights;
}

function countRows(groups: readonly (readonly number[])[]): number {
  return groups.reduce((sum, group) => sum + group.length, 0);
}
