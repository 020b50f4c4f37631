import { refuseNaN } from '../score-shape-error.ts';

export type MeasurementLevel = 'nominal' | 'ordinal' | 'interval';

/**
 * Krippendorff's alpha: agreement of raters beyond chance. `ratings[rater][unit]`, null where missing; units with fewer
 * than two ratings are dropped. Null when all remaining ratings are one value (no disagreement is expected).
 * Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability".
 *
 * @throws ScoreShapeError when a rating is NaN
 */
export function krippendorffAlpha(
  ratings: readonly (readonly (number | null)[])[],
  level: MeasurementLevel,
): number | null {
  const unitCount = Math.max(0, ...ratings.map((row) => row.length));
  const units: number[][] = [];
  for (let unit = 0; unit < unitCount; unit += 1) {
    const values = ratings.map((row) => row[unit] ?? null).filter((value) => value !== null);
    refuseNaN(values, `ratings of unit ${unit}`);
    if (values.length >= 2) units.push(values);
  }
  const frequencies = new Map<number, number>();
  for (const value of units.flat()) frequencies.set(value, (frequencies.get(value) ?? 0) + 1);
  const distance = distanceFunction(frequencies, level);
  const total = units.reduce((sum, values) => sum + values.length, 0);
  let observed = 0;
  for (const values of units) {
    for (const a of values) for (const b of values) observed += distance(a, b) / (values.length - 1);
  }
  let expected = 0;
  for (const [a, countA] of frequencies) {
    for (const [b, countB] of frequencies) expected += countA * countB * distance(a, b);
  }
  return expected === 0 ? null : 1 - ((total - 1) * observed) / expected;
}

function distanceFunction(
  frequencies: ReadonlyMap<number, number>,
  level: MeasurementLevel,
): (a: number, b: number) => number {
  if (level === 'nominal') return (a, b) => (a === b ? 0 : 1);
  if (level === 'interval') return (a, b) => (a - b) ** 2;
  const ranks = new Map<number, number>();
  let below = 0;
  for (const value of [...frequencies.keys()].sort((a, b) => a - b)) {
    const count = frequencies.get(value)!;
    ranks.set(value, below + count / 2);
    below += count;
  }
  return (a, b) => (ranks.get(a)! - ranks.get(b)!) ** 2;
}
