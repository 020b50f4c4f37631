export type MultiplicityCorrection = 'holm' | 'benjamini-hochberg';

/**
 * P-values adjusted for being tested together, in the order given. Holm bounds the chance of any false rejection,
 * Benjamini–Hochberg the expected share of false ones. Sources: Holm 1979; Benjamini and Hochberg 1995.
 *
 * @throws RangeError when a p-value is outside [0, 1]
 */
export function adjustPValues(pValues: readonly number[], correction: MultiplicityCorrection): number[] {
  for (const p of pValues)
    if (!(p >= 0 && p <= 1)) throw new RangeError(`a p-value must be in [0, 1], found ${p}`);
  const count = pValues.length;
  const ascending = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]! || a - b);
  const adjusted = Array<number>(count);
  if (correction === 'holm') {
    let largest = 0;
    ascending.forEach((index, rank) => {
      largest = Math.max(largest, pValues[index]! * (count - rank));
      adjusted[index] = Math.min(1, largest);
    });
    return adjusted;
  }
  let smallest = 1;
  ascending.toReversed().forEach((index, i) => {
    smallest = Math.min(smallest, (pValues[index]! * count) / (count - i));
    adjusted[index] = smallest;
  });
  return adjusted;
}
